"""Receptive fields as intervals, looking up by id, and the way to JSON and back."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.schema.graph import Edge, FieldAxis, Layer, LayerGraph, ReceptiveField, Unit

FRACTIONS = st.fractions(min_value=-50, max_value=50, max_denominator=12)


def as_pair(value: Fraction) -> tuple[int, int]:
    return value.numerator, value.denominator


@given(start=FRACTIONS, size=FRACTIONS.map(abs), stride=FRACTIONS.map(abs), position=st.integers(0, 40))
def test_the_interval_covers_the_field_and_no_whole_pixel_more(
    start: Fraction, size: Fraction, stride: Fraction, position: int
) -> None:
    axis = FieldAxis(start=as_pair(start), size=as_pair(size), stride=as_pair(stride))
    first, last = axis.interval(position)
    left = start + position * stride
    assert first <= left < first + 1
    assert last - 1 < left + size <= last


def test_a_three_by_three_convolution_with_padding_sees_one_pixel_beside() -> None:
    axis = FieldAxis(start=(-1, 1), size=(3, 1), stride=(1, 1))
    assert [axis.interval(position) for position in (0, 1, 5)] == [(-1, 2), (0, 3), (4, 7)]


@pytest.fixture
def graph() -> LayerGraph:
    axis = FieldAxis(start=(-1, 2), size=(3, 1), stride=(2, 1))
    conv = Layer(
        id="conv",
        path="conv",
        op="conv2d",
        kind="conv",
        event="conv",
        shape=(4, 8, 8),
        channel_axis=0,
        spatial_axes=(1, 2),
        field=ReceptiveField("exact", axis, axis),
        attributes={"stride": [2, 2], "groups": 1},
    )
    image = Layer(id="input", path="", op="input", kind="input", event="input", shape=(3, 16, 16))
    unit = Unit(id="conv", before="conv", members=("conv",), role="conv", neurons=4)
    return LayerGraph(layers=(image, conv), edges=(Edge("input", "conv", (3, 16, 16)),), units=(unit,), output="conv")


def test_layers_and_units_are_found_by_id(graph: LayerGraph) -> None:
    assert graph.layer("conv").op == "conv2d"
    assert graph.unit("conv").neurons == 4


def test_an_unknown_id_is_a_key_error(graph: LayerGraph) -> None:
    with pytest.raises(KeyError, match="relu"):
        graph.layer("relu")
    with pytest.raises(KeyError, match="relu"):
        graph.unit("relu")


def test_a_graph_survives_json(graph: LayerGraph) -> None:
    assert msgspec.json.decode(msgspec.json.encode(graph), type=LayerGraph) == graph
