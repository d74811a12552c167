"""Cumulative strides, read or carried on."""

from fractions import Fraction
from typing import Any

import pytest

from cnnvis.analysis.group.order import order_of
from cnnvis.analysis.group.stride import strides_of

Builder = Any


def test_stride_is_read_off_the_receptive_field(builder: Builder) -> None:
    builder.unit("conv", "input", stride=4)
    assert strides_of(order_of(builder.graph(None)))["conv"] == (4, 4)


@pytest.mark.parametrize(("stride", "expected"), [(1, 1), (2, 2), (8, 8), (Fraction(1, 2), Fraction(1, 2))])
def test_stride_is_carried_on_where_the_field_is_the_whole_input(
    builder: Builder, stride: Fraction, expected: Fraction
) -> None:
    builder.unit("conv", "input", stride=stride, shown=False)
    assert strides_of(order_of(builder.graph(None)))["conv"] == (expected, expected)


def test_largest_incoming_map_decides(builder: Builder) -> None:
    small = builder.unit("small", "input", stride=8)
    large = builder.unit("large", "input", stride=2)
    builder.merge("join", (small, large), stride=2, relu=False, shown=False)
    assert strides_of(order_of(builder.graph(None)))["join/add#1"] == (2, 2)


def test_vector_has_no_stride(builder: Builder) -> None:
    builder.pool("pool", "input", stride=None)
    assert strides_of(order_of(builder.graph(None)))["pool"] == ()
