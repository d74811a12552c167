"""Blocks by module path."""

from typing import Any

from cnnvis.analysis.group.block import ancestry, blocks_of, is_vector
from cnnvis.analysis.group.gate import gate_units
from cnnvis.analysis.group.order import order_of
from cnnvis.analysis.group.stride import strides_of

Builder = Any


def blocks(builder: Builder) -> list[tuple[str, int]]:
    """Path and number of units of each block."""
    graph = builder.graph(None)
    order = order_of(graph)
    strides = strides_of(order)
    found = blocks_of(graph, order, strides=strides, gates=gate_units(graph, order, strides))
    return [(block.path, len(block.units)) for block in found]


def test_adding_module_is_a_block_and_its_sibling_without_shortcut_too(builder: Builder) -> None:
    one = builder.unit("body.0.conv1", builder.unit("stem", "input", stride=1), stride=1)
    one = builder.merge("body.0", (builder.unit("body.0.conv2", one, stride=1), "stem.relu"), stride=1)
    two = builder.unit("body.1.conv1", one, stride=1)
    builder.unit("body.1.conv2", two, stride=1)
    assert blocks(builder) == [("stem", 1), ("body.0", 3), ("body.1", 2)]


def test_adding_by_a_little_module_counts_for_its_caller(builder: Builder) -> None:
    stem = builder.unit("stem", "input", stride=1)
    inner = builder.unit("block.conv2", builder.unit("block.conv1", stem, stride=1), stride=1)
    builder.merge("block.skip_add", (inner, stem), stride=1)
    assert blocks(builder) == [("stem", 1), ("block", 3)]


def test_plain_stage_opens_into_its_convolutions(builder: Builder) -> None:
    first = builder.unit("stage.conv1.conv", "input", stride=1)
    builder.unit("stage.conv2.conv", first, stride=1)
    builder.unit("other", "stage.conv2.conv.relu", stride=1)
    assert blocks(builder) == [("stage.conv1", 1), ("stage.conv2", 1), ("other", 1)]


def test_module_with_many_strides_or_a_linear_layer_is_opened(builder: Builder) -> None:
    """A wrapped network that joins in its own forward is not one block."""
    first = builder.unit("net.a", "input", stride=1)
    second = builder.unit("net.b", first, stride=2)
    third = builder.unit("net.c", second, stride=4)
    up = builder.unit("net.d", third, stride=1)
    builder.merge("net", (first, up), stride=1)
    builder.unit("head", "net/relu#1", stride=1)
    assert [size for _, size in blocks(builder)] == [1] * 6


def test_shared_block_called_twice_is_two_blocks(builder: Builder) -> None:
    last = builder.unit("stem", "input", stride=1)
    for call in (1, 2):
        inner = builder.unit("block.conv1", last, stride=1, call=call)
        inner = builder.unit("block.conv2", inner, stride=1, call=call)
        last = builder.merge("block", (inner, last), stride=1)
    assert blocks(builder) == [("stem", 1), ("block", 3), ("block", 3)]


def test_linear_layer_per_position_is_no_vector(builder: Builder) -> None:
    builder.unit("tokens", "input", stride=1, role="linear")
    builder.unit("head", "tokens.relu", stride=None, role="linear")
    graph = builder.graph(None)
    assert [is_vector(unit, order_of(graph)) for unit in graph.units] == [False, True]


def test_ancestry_runs_from_the_outermost_module() -> None:
    assert ancestry("a.b.c") == ["a", "a.b", "a.b.c"]
    assert ancestry("") == []
