"""Parameters of an address: what fits comes through as msgspec reads it, all else is a sentence."""

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, field

from cnnvis.serve.parameters import read_parameters, words_of
from cnnvis.serve.problems import NotFoundError, ParameterError

Short = Annotated[str, Meta(min_length=1, max_length=5)]
Index = Annotated[int, Meta(ge=0, le=9)]


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some of everything."""

    id: Short
    column: Annotated[tuple[Short, ...], Meta(max_length=3)] = ()
    mode: Literal["weights", "contribution"] | None = None
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    label: Index | None = field(default=None, name="class")
    whole: bool = False
    size: float = 1.0


def read(*query: tuple[str, str], **path: str) -> Ask:
    return read_parameters(Ask, query, path)


def test_what_fits_comes_through() -> None:
    assert read(("id", "a")) == Ask(id="a")
    given = [
        ("column", "x"),
        ("class", "7"),
        ("share", "0.25"),
        ("column", "y"),
        ("mode", "weights"),
        ("whole", "true"),
    ]
    assert read(*given, id="p") == Ask(id="p", column=("x", "y"), label=7, share=0.25, mode="weights", whole=True)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ([], "The address lacks the parameter 'id'. Add ?id=..., a text of 1 to 5 characters."),
        ([("id", "")], "The parameter 'id' is '', not a text of 1 to 5 characters."),
        ([("id", "x" * 999)], f"The parameter 'id' is '{'x' * 60}...', not a text of 1 to 5 characters."),
        ([("id", "a"), ("id", "b")], "The parameter 'id' is given 2 times. Give it once."),
        ([("id", "a"), ("ghost", "b")], "The address takes no parameter 'ghost'. It takes id, column, mode, share, cl"),
        ([("id", "a"), ("label", "1")], "The address takes no parameter 'label'."),
        ([("id", "a"), ("class", "10")], "The parameter 'class' is '10', not a whole number from 0 to 9."),
        ([("id", "a"), ("class", "9" * 5000)], "The parameter 'class' is '999"),
        ([("id", "a"), ("class", "1.5")], "The parameter 'class' is '1.5', not a whole number from 0 to 9."),
        ([("id", "a"), ("share", "nan")], "The parameter 'share' is 'nan', not a number from 0 to 1."),
        ([("id", "a"), ("size", "inf")], "The parameter 'size' is 'inf', not a number."),
        ([("id", "a"), ("size", "nan")], "The parameter 'size' is 'nan', not a number."),
        ([("id", "a"), ("mode", "null")], "The parameter 'mode' is 'null', not contribution or weights."),
        ([("id", "a"), ("class", "null")], "The parameter 'class' is 'null', not a whole number from 0 to 9."),
        ([("id", "a"), ("mode", "x")], "The parameter 'mode' is 'x', not contribution or weights."),
        ([("id", "a"), ("whole", "maybe")], "The parameter 'whole' is 'maybe', not true or false."),
        (
            [("id", "a"), *[("column", "x")] * 4],
            "The parameter 'column' is given 4 times, not a text of 1 to 5 characte",
        ),
        ([("id", "a"), ("column", "")], "The parameter 'column' is '', not a text of 1 to 5 characters, at most 3 tim"),
    ],
)
def test_what_does_not_fit_is_a_sentence(query: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read(*query)
    assert str(caught.value).startswith(sentence)


def test_a_name_of_the_path_is_not_taken_from_the_query() -> None:
    with pytest.raises(ParameterError, match=r"takes no parameter 'id'\. It takes column"):
        read(("id", "b"), id="a")


_values = st.text(max_size=8) | st.sampled_from(
    ["0", "9", "1e5", "-1", "nan", "null", "true", "0.5", "weights", "٣", "1_0"]
)


@given(st.lists(st.tuples(st.sampled_from(["id", "column", "mode", "share", "class", "whole", "size"]), _values)))
def test_nothing_makes_reading_fail_and_what_is_read_is_allowed(query: list[tuple[str, str]]) -> None:
    try:
        found = read(*query)
    except ParameterError:
        return
    assert msgspec.json.decode(msgspec.json.encode(found), type=Ask) == found


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "a whole number"),
        (Annotated[int, Meta(le=5)], "a whole number up to 5"),
        (Annotated[int, Meta(ge=0, le=10**15)], "a whole number, 0 or more"),
        (Annotated[str, Meta(max_length=7)], "a text of at most 7 characters"),
        (str, "a text"),
        (Annotated[str | None, Meta(description="x")], "a text"),
        (dict[str, int], "something else"),
    ],
)
def test_what_is_allowed_is_said_in_words(kind: object, words: str) -> None:
    assert words_of(kind) == words


def test_a_wrong_name_in_the_path_is_not_there() -> None:
    with pytest.raises(NotFoundError, match=r"There is no id 'too long'\. It is a text of 1 to 5 characters\."):
        read(id="too long")
