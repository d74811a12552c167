"""The columns that the design asks for, on networks built by hand."""

from fractions import Fraction
from typing import Any

import pytest

from cnnvis.analysis.group import group_layers
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.grouping import Grouping

Builder = Any


def titles(grouping: Grouping) -> list[str]:
    return [group.title for group in grouping.groups]


def check_is_partition(grouping: Grouping, graph: LayerGraph) -> None:
    """Every unit and layer has one column, blocks partition the units, and the flow points right."""
    assert sorted(unit for group in grouping.groups for unit in group.units) == sorted(unit.id for unit in graph.units)
    assert sorted(layer for group in grouping.groups for layer in group.layers) == sorted(x.id for x in graph.layers)
    for group in grouping.groups:
        assert tuple(unit for block in group.blocks for unit in block.units) == group.units
        assert group.representative in group.units
        assert all(block.representative in block.units for block in group.blocks)
    for seen in ([group.id for group in grouping.groups], titles(grouping)):
        assert len(set(seen)) == len(seen)
    blocks = [block.id for group in grouping.groups for block in group.blocks]
    assert len(set(blocks)) == len(blocks)
    assert all(source < target < len(grouping.groups) for source, target in grouping.flow)


def chain(grouping: Grouping) -> bool:
    return grouping.flow == tuple((index, index + 1) for index in range(len(grouping.groups) - 1))


def test_papers_network_gives_the_papers_columns(builder: Builder) -> None:
    """Ten convolutions (2 + 2 + 3 + 3), four max pools, two linear layers."""
    last, place, stride = "input", 0, 1
    for convolutions in (2, 2, 3, 3):
        for _ in range(convolutions):
            last = builder.unit(f"features.{place}", last, stride=stride)
            place += 2
        stride *= 2
        last = builder.pool(f"features.{place}", last, stride=stride)
        place += 1
    last = builder.add("flatten#1", "", (last,), op="flatten", kind="shape", stride=None)
    last = builder.unit("classifier.0", last, stride=None, role="linear")
    last = builder.unit("classifier.2", last, stride=None, role="linear", activation=None)
    graph = builder.graph(last)
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["conv1", "conv2", "conv3", "conv4", "fc5", "fc6"]
    assert [len(group.units) for group in grouping.groups] == [2, 2, 3, 3, 1, 1]
    assert [block.title for block in grouping.groups[2].blocks] == ["conv3-1", "conv3-2", "conv3-3"]
    assert grouping.groups[0].representative == "features.2.relu"
    assert "features.4" in grouping.groups[1].layers, "a pool belongs to the stride it makes"
    assert {"features.23", "features.24", "flatten#1"} & set(grouping.groups[3].layers)
    assert chain(grouping)


def residual(builder: Builder, path: str, source: str, *, stride: int, before: int) -> str:
    inner = builder.unit(f"{path}.conv1", source, stride=stride)
    inner = builder.unit(f"{path}.conv2", inner, stride=stride, activation=None)
    if stride != before:
        source = builder.add(f"{path}/getitem#1", path, (source,), op="getitem", kind="shape", stride=stride)
    return builder.merge(path, (inner, source), stride=stride)


def resnet(builder: Builder, blocks: int) -> LayerGraph:
    last, before = builder.unit("conv1", "input", stride=1), 1
    for stage, stride in enumerate((1, 2, 4), start=1):
        for block in range(blocks):
            last, before = residual(builder, f"layer{stage}.{block}", last, stride=stride, before=before), stride
    last = builder.pool("mean", last, stride=None)
    return builder.graph(builder.unit("linear", last, stride=None, role="linear", activation=None))


def test_resnet_has_a_column_per_stride_and_a_block_per_residual_block(builder: Builder) -> None:
    """conv1 and layer1 have the same stride, so by the rule they are one column."""
    graph = resnet(builder, 3)
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["conv1, layer1", "layer2", "layer3", "linear"]
    assert [block.title for block in grouping.groups[0].blocks] == ["conv1", "layer1.0", "layer1.1", "layer1.2"]
    assert [block.title for block in grouping.groups[1].blocks] == ["layer2.0", "layer2.1", "layer2.2"]
    assert grouping.groups[1].representative == "layer2.2/relu#1"
    assert grouping.groups[1].blocks[0].representative == "layer2.0/relu#1"
    assert "layer2.0/getitem#1" in grouping.groups[1].layers
    assert "mean" in grouping.groups[2].layers
    assert chain(grouping)


def test_resnet_110_opens_into_its_56_blocks(builder: Builder) -> None:
    graph = resnet(builder, 18)
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert [len(group.blocks) for group in grouping.groups] == [19, 18, 18, 1]


def test_block_across_a_stride_goes_with_its_output(builder: Builder) -> None:
    """A bottleneck's first convolution still runs at the old stride."""
    last = builder.unit("conv1", "input", stride=1)
    for block, stride in enumerate((1, 2)):
        inner = builder.unit(f"layer.{block}.conv1", last, stride=1)
        inner = builder.unit(f"layer.{block}.conv2", inner, stride=stride)
        inner = builder.unit(f"layer.{block}.conv3", inner, stride=stride, activation=None)
        if stride == 2:
            last = builder.unit(f"layer.{block}.downsample", last, stride=stride, activation=None)
        last = builder.merge(f"layer.{block}", (inner, last), stride=stride)
    graph = builder.graph(builder.unit("fc", last, stride=None, role="linear", activation=None))
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["conv1, layer.0", "layer.1", "fc"]
    assert "layer.1.conv1.relu" in grouping.groups[1].units


@pytest.mark.parametrize("shown", [True, False])
def test_squeeze_and_excitation_is_no_column(builder: Builder, shown: bool) -> None:
    """A gate's linear layers stay in the block they weigh; what follows keeps its stride though its field is gone."""
    last = builder.unit("stem", "input", stride=2)
    for block, stride in enumerate((2, 4)):
        trunk = builder.unit(f"blocks.{block}.conv1", last, stride=stride, shown=shown)
        gate = builder.pool(f"blocks.{block}.se.pool", trunk, stride=None)
        gate = builder.unit(f"blocks.{block}.se.fc1", gate, stride=None, role="linear")
        gate = builder.unit(f"blocks.{block}.se.fc2", gate, stride=None, role="linear", activation="sigmoid")
        path = f"blocks.{block}.se"
        trunk = builder.merge(path, (gate, trunk), stride=stride, op="mul", relu=False, shown=False)
        trunk = builder.unit(f"blocks.{block}.conv2", trunk, stride=stride, activation=None, shown=False)
        if stride == 2:
            trunk = builder.merge(f"blocks.{block}", (trunk, last), stride=stride, relu=False, shown=False)
        last = trunk
    graph = builder.graph(builder.unit("head", last, stride=None, role="linear", activation=None))
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["stem, blocks.0", "blocks.1", "head"]
    assert len(grouping.groups[1].blocks) == 1, "a block without a shortcut is a block like its siblings"
    assert grouping.groups[1].representative == "blocks.1.conv1.relu"


def test_encoder_and_decoder_of_equal_stride_are_apart_and_skips_flow(builder: Builder) -> None:
    first = builder.unit("down1", "input", stride=1)
    second = builder.unit("down2", builder.pool("pool1", first, stride=2), stride=2)
    third = builder.unit("middle", builder.pool("pool2", second, stride=4), stride=4)
    up = builder.unit("up2", third, stride=2, activation=None)
    up = builder.unit("conv2", builder.merge("", (second, up), stride=2, op="cat", relu=False), stride=2)
    up = builder.unit("up1", up, stride=1, activation=None)
    up = builder.unit("conv1", builder.merge("", (first, up), stride=1, op="cat", relu=False), stride=1)
    graph = builder.graph(builder.unit("head", up, stride=1, activation=None))
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["down1", "down2", "middle", "up2, conv2", "up1, conv1", "head"]
    assert grouping.flow == ((0, 1), (0, 4), (1, 2), (1, 3), (2, 3), (3, 4), (4, 5))


def test_fire_modules_are_blocks_and_the_classifying_convolution_a_column(builder: Builder) -> None:
    last = builder.unit("features.0", "input", stride=2)
    last = builder.pool("features.1", last, stride=4)
    for index in (2, 3):
        path = f"features.{index}"
        squeezed = builder.unit(f"{path}.squeeze", last, stride=4)
        one = builder.unit(f"{path}.expand1x1", squeezed, stride=4)
        three = builder.unit(f"{path}.expand3x3", squeezed, stride=4)
        last = builder.merge(path, (one, three), stride=4, op="cat", relu=False)
    last = builder.unit("classifier.1", last, stride=4)
    last = builder.pool("classifier.3", last, stride=None)
    graph = builder.graph(last)
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert titles(grouping) == ["features.0", "features.2-3", "classifier"]
    assert [block.title for block in grouping.groups[1].blocks] == ["features.2", "features.3"]
    assert grouping.groups[-1].units == ("classifier.1.relu",)


def test_dense_block_opens_into_its_layers(builder: Builder) -> None:
    """A module that joins, but is itself a chain of alike modules that join, is no block."""
    found = [builder.unit("features.conv0", "input", stride=1)]
    for index in range(1, 4):
        path = f"features.denseblock1.denselayer{index}"
        joined = builder.merge(path, tuple(found), stride=1, op="cat", relu=False)
        inner = builder.unit(f"{path}.conv1", joined, stride=1)
        found.append(builder.unit(f"{path}.conv2", inner, stride=1, activation=None))
    last = builder.merge("features.denseblock1", tuple(found), stride=1, op="cat", relu=False)
    last = builder.unit("features.transition1.conv", last, stride=1, activation=None)
    last = builder.unit("features.denseblock2.conv", builder.pool("p", last, stride=2), stride=2)
    graph = builder.graph(builder.unit("classifier", last, stride=None, role="linear", activation=None))
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    assert [block.id for block in grouping.groups[0].blocks] == [
        "features.conv0",
        "features.denseblock1.denselayer1",
        "features.denseblock1.denselayer2",
        "features.denseblock1.denselayer3",
        "features.transition1",
    ]
    assert titles(grouping) == ["features.conv0, denseblock1, transition1", "features.denseblock2", "classifier"]


def test_unrolled_recurrence_is_one_block_of_every_call(builder: Builder) -> None:
    last = builder.unit("stem", "input", stride=1)
    for call in (1, 2, 3):
        last = builder.unit("cell", last, stride=1, call=call)
    graph = builder.graph(builder.unit("head", last, stride=None, role="linear", activation=None))
    grouping = group_layers(graph)
    check_is_partition(grouping, graph)
    blocks = grouping.groups[0].blocks
    assert [(block.id, block.title) for block in blocks] == [("stem", "stem"), ("cell", "cell ×3")]
    assert blocks[1].units == ("cell.relu", "cell.relu#2", "cell.relu#3")
    assert blocks[1].representative == "cell.relu#3"


def test_partial_graph_has_the_columns_that_were_reached(builder: Builder) -> None:
    last = builder.unit("a", "input", stride=1)
    builder.unit("b", builder.pool("pool", last, stride=2), stride=2)
    graph = builder.graph(None)
    check_is_partition(group_layers(graph), graph)
    assert titles(group_layers(graph)) == ["a", "b"]


def test_graph_without_neurons_has_no_columns(builder: Builder) -> None:
    grouping = group_layers(builder.graph(None))
    assert grouping == Grouping(groups=(), flow=())


def test_whole_input_before_anything_known_counts_as_stride_one(builder: Builder) -> None:
    last = builder.unit("a", "input", stride=1, shown=False)
    last = builder.unit("b", last, stride=Fraction(1, 2), shown=False)
    graph = builder.graph(last)
    assert titles(group_layers(graph)) == ["a", "b"]
