"""What cannot be read is listed once, and is an error where nothing can."""

import pytest

from cnnvis.observe.inputs.skipping import PATIENCE, Skipping
from cnnvis.schema.errors import DataError


def named(sample: int) -> str:
    return f"sample {sample}"


def test_the_readable_ones_are_returned_and_the_others_listed_once() -> None:
    skipping = Skipping("photos", 9, "Check them.")
    for _ in range(2):
        assert skipping.readable([3, 4, 5], [1.5, "cut off", 2.5], named) == [(3, 1.5), (5, 2.5)]
    assert skipping.listed == ["sample 4: cut off"]


def test_the_first_failing_without_end_is_an_error() -> None:
    skipping = Skipping("photos", 10**6, "Check them.")
    few = PATIENCE - 1
    assert skipping.readable(range(few), ["gone"] * few, named) == []
    with pytest.raises(
        DataError, match=r"None of the first 100 images of photos can be read \(sample 0: gone\)\. Check"
    ):
        skipping.readable([few], ["gone"], named)


def test_later_failures_are_no_error() -> None:
    skipping = Skipping("photos", 10**6, "Check them.")
    skipping.readable([0], [1.0], named)
    assert skipping.readable(range(1, 1000), ["gone"] * 999, named) == []
    assert len(skipping.listed) == 999
