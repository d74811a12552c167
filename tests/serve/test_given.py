"""Given images are kept for a while, each run its own."""

import pytest

from cnnvis.schema.worker import AnswerResult, ImageAnswer, UnitAnswer
from cnnvis.serve.given import GivenSets

RESULT = AnswerResult(
    images=(ImageAnswer(name="x", picture=b"png", size=(1, 1), probabilities=((0, 1.0),)),),
    units=(UnitAnswer(unit="relu", means=((1.0,),)),),
)


def test_everybody_sees_the_number_and_who_asks_gets_the_rest() -> None:
    sets = GivenSets()
    told = sets.keep("one", RESULT)
    assert (told.number, told.units, told.images[0].picture) == (1, (), b"")
    assert sets.get("one", 1).images == RESULT.images
    assert sets.get("one", 1).units == RESULT.units
    for run, number in (("two", 1), ("one", 2)):
        with pytest.raises(KeyError):
            sets.get(run, number)


def test_the_oldest_go_first() -> None:
    sets = GivenSets(most=2)
    for run in ("one", "two", "one"):
        sets.keep(run, RESULT)
    with pytest.raises(KeyError):
        sets.get("one", 1)
    assert sets.get("two", 2).number == 2
    assert sets.get("one", 3).number == 3
