"""The logits are found in whatever a model returns."""

from collections import namedtuple

import pytest
import torch

from cnnvis.observe.trace import choose_output, named_outputs
from cnnvis.schema.errors import ModelError

MAP, FLAT, OTHER = torch.rand(1, 2, 4, 4), torch.rand(1, 5), torch.rand(1, 7)
Pair = namedtuple("Pair", "logits aux")


def test_names() -> None:
    assert list(named_outputs(FLAT)) == [""]
    assert list(named_outputs((FLAT, [OTHER, 3]))) == ["0", "1.0"]
    assert list(named_outputs({"a": FLAT, "b": {"c": OTHER}})) == ["a", "b.c"]
    assert list(named_outputs(Pair(FLAT, None))) == ["logits"]
    assert named_outputs("text") == {}


def test_the_first_flat_one_is_taken_and_named() -> None:
    assert choose_output(FLAT, None) == (FLAT, [])
    chosen, notes = choose_output({"map": MAP, "logits": FLAT, "other": OTHER}, None)
    assert chosen is FLAT
    assert notes == ["Of the outputs map (1, 2, 4, 4), logits (1, 5), other (1, 7) the logits are taken to be logits."]
    assert choose_output((torch.zeros(1, 3, dtype=torch.long), MAP), None)[0] is MAP


def test_a_given_name_or_index() -> None:
    assert choose_output(Pair(FLAT, OTHER), "aux") == (OTHER, [])
    assert choose_output({"x": MAP, "y": OTHER}, "1") == (OTHER, [])
    with pytest.raises(ModelError, match="no output '3'"):
        choose_output((FLAT, OTHER), "3")


def test_no_numbers() -> None:
    chosen, notes = choose_output("text", None)
    assert chosen is None
    assert "(a str)" in notes[0]
