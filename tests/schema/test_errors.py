"""Errors are sentences: what is wrong, then what to do."""

import inspect

import pytest

from cnnvis.schema import errors

KINDS = [value for value in vars(errors).values() if inspect.isclass(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_shows_message_and_remedy_and_keeps_both(kind: type[errors.CnnvisError]) -> None:
    error = kind("The folder x is empty.", "Give another.")
    assert str(error) == "The folder x is empty. Give another."
    assert (error.message, error.remedy) == ("The folder x is empty.", "Give another.")
    assert isinstance(error, errors.CnnvisError)


def test_an_error_without_remedy_ends_with_its_sentence() -> None:
    assert str(errors.DataError("The folder x is empty.")) == "The folder x is empty."
