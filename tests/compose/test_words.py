"""Numbers and names as a person reads them."""

import pytest

from cnnvis.compose.words import counted, expectation, field_words, map_words, neurons_line, operations, percent
from cnnvis.schema.graph import FieldAxis, ReceptiveField
from tests import making


@pytest.mark.parametrize(("count", "words"), [(0, "0 neurons"), (1, "1 neuron"), (26560, "26,560 neurons")])
def test_counts(count: int, words: str) -> None:
    assert counted(count, "neuron") == words


def test_percent_has_two_digits() -> None:
    assert percent(0.915) == "91.50 %"


def test_fields() -> None:
    wide, high = FieldAxis((0, 1), (15, 2), (1, 1)), FieldAxis((0, 1), (3, 1), (1, 1))
    shape = (3, 32, 32)
    assert field_words(ReceptiveField("whole input"), shape) == "the whole image"
    assert field_words(ReceptiveField("exact", high, wide), shape) == "8 × 3 pixels of the image"
    assert field_words(ReceptiveField("bound", high, high), shape) == "at most 3 × 3 pixels of the image"
    assert field_words(ReceptiveField("exact", high, wide), (3, 1, 4)) == "the whole image"
    assert field_words(ReceptiveField("exact", high, wide), (3, 2, 4)) == "8 × 3 pixels (the image has 4 × 2)"


def test_lines() -> None:
    graph = making.graph()
    relu, linear = graph.units
    assert operations(graph, relu) == "conv2d, relu"
    assert map_words(graph.layer("fc")) == ""
    assert neurons_line(graph, [relu], relu) == "1 conv · 5 neurons · 8 × 8"
    assert neurons_line(graph, [linear], linear) == "3 neurons"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.1, "about 1 s"), (89.0, "about 89 s"), (200.0, "about 3 min"), (7500.0, "about 2 h 05 min")],
)
def test_expectations(seconds: float, words: str) -> None:
    line = expectation(5000, seconds, 0.0, 12_300_000, 2_600_000_000)
    assert line == f"5,000 images: {words}, up to 12 MB on disk and 2.6 GB of memory for the statistics"


def test_the_passes_after_the_first_are_announced() -> None:
    line = expectation(5000, 40.0, 95.0, 12_300_000, 26_000_000)
    assert line.startswith("5,000 images: about 40 s, then up to 2 min for contributions and connections, up to 12 MB")


def test_expectations_of_a_stream() -> None:
    assert expectation(None, None, 0.0, 0, 0).startswith("images of unknown number: up to 1 MB on disk")
