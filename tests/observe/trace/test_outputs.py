"""The logits are found in whatever a model returns."""

from collections import namedtuple
from types import SimpleNamespace

import pytest
import torch

from cnnvis.observe.trace import choose_output, logits_of, named_outputs
from cnnvis.schema.errors import ModelError

MAP, FLAT, OTHER = torch.rand(1, 2, 4, 4), torch.rand(1, 5), torch.rand(1, 7)
Pair = namedtuple("Pair", "logits aux")


def test_names() -> None:
    assert list(named_outputs(FLAT)) == [""]
    assert list(named_outputs((FLAT, [OTHER, 3]))) == ["0", "1.0"]
    assert list(named_outputs({"a": FLAT, "b": {"c": OTHER}})) == ["a", "b.c"]
    assert list(named_outputs(Pair(FLAT, None))) == ["logits"]
    assert named_outputs("text") == {}


def test_the_logits_are_found_by_name_or_by_shape() -> None:
    assert choose_output(FLAT, None) == (FLAT, [])
    chosen, notes = choose_output({"map": MAP, "logits": FLAT, "other": OTHER}, None)
    assert chosen is FLAT
    assert notes == ["Of the outputs map (1, 2, 4, 4), logits (1, 5), other (1, 7) the logits are taken to be logits."]
    assert choose_output((torch.zeros(1, 3, dtype=torch.long), MAP), None)[0] is MAP
    assert choose_output((FLAT, torch.rand(1, 5)), None)[0] is FLAT
    assert choose_output({"aux": OTHER, "main": {"logits": FLAT}}, None)[0] is FLAT
    with pytest.raises(
        ModelError, match=r"several outputs .* a \(1, 5\), b \(1, 7\)\. Choose the logits with --output"
    ):
        choose_output({"a": FLAT, "b": OTHER, "map": MAP}, None)


def test_rows_of_scores() -> None:
    assert logits_of(FLAT, None) is FLAT
    assert logits_of({"maps": MAP, "out": {"scores": FLAT}}, None) is FLAT
    assert logits_of({"out": MAP}, None) is None
    assert logits_of([MAP, FLAT], 0) is None
    assert logits_of((FLAT, OTHER), 1) is OTHER
    # A fully convolutional classifier leaves axes of length 1.
    assert torch.equal(logits_of(FLAT[:, :, None, None], None), FLAT)
    assert logits_of(SimpleNamespace(logits=FLAT, loss=None), "logits") is FLAT
    for nothing in (None, "text", 1.5, {}, []):
        assert logits_of(nothing, None) is None


def test_a_given_name_or_index() -> None:
    assert choose_output(Pair(FLAT, OTHER), "aux") == (OTHER, [])
    assert choose_output({"x": MAP, "y": OTHER}, "1") == (OTHER, [])
    with pytest.raises(ModelError, match="no output '3'"):
        choose_output((FLAT, OTHER), "3")


def test_objects_with_fields_are_looked_into_and_may_refer_to_themselves() -> None:
    result = SimpleNamespace(logits=FLAT, more={"aux": OTHER})
    result.me = result
    assert named_outputs(result)["more.aux"] is OTHER
    assert choose_output(result, "logits")[0] is FLAT


def test_no_numbers() -> None:
    chosen, notes = choose_output("text", None)
    assert chosen is None
    assert "(a str)" in notes[0]
