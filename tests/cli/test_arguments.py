"""Texts of the command line."""

import argparse
from collections.abc import Callable

import pytest

from cnnvis.cli import arguments


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (arguments.positive, "3", 3),
        (arguments.count, "0", 0),
        (arguments.port, "8750", 8750),
        (arguments.size, "224", 224),
        (arguments.size, "224x320", (224, 320)),
        (arguments.shape, "3x32x24", (3, 32, 24)),
        (arguments.numbers, ".5", (0.5,)),
        (arguments.numbers, "104,117,-1e2", (104.0, 117.0, -100.0)),
        (arguments.channels, "3,2,1", (3, 2, 1)),
        (arguments.scale, "255", "0-255"),
        (arguments.scale, "-1-1", "-1-1"),
        (arguments.scale, "signed", "-1-1"),
        (arguments.assignment, "width=3", ("width", 3)),
        (arguments.assignment, "weights=DEFAULT", ("weights", "DEFAULT")),
        (arguments.assignment, "sizes=[1, 2]", ("sizes", [1, 2])),
        (arguments.assignment, "text=a=b", ("text", "a=b")),
    ],
)
def test_values(reader: Callable[[str], object], text: str, value: object) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (arguments.positive, "0"),
        (arguments.positive, "many"),
        (arguments.count, "-1"),
        (arguments.port, "70000"),
        (arguments.size, "224,320"),
        (arguments.shape, "32x32"),
        (arguments.numbers, "a,b"),
        (arguments.channels, "1,2"),
        (arguments.scale, "0-2"),
        (arguments.assignment, "width"),
        (arguments.assignment, "a b=3"),
    ],
)
def test_other_texts_are_refused_with_what_came(reader: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"is not|is no"):
        reader(text)


def test_values_that_begin_with_a_minus_sign_belong_to_their_option() -> None:
    words = ["--scale", "-1-1", "--mean", "-.5,.5", "-o", "-1", "--limit=3", "-2"]
    assert arguments.join_signed(words) == ["--scale=-1-1", "--mean=-.5,.5", "-o", "-1", "--limit=3", "-2"]
