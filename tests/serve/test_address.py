"""The declarations themselves: complete, distinct, and in the words of the documentation."""

import inspect

import msgspec
import pytest

from cnnvis.serve.address import Address, Get
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.parameters import fields_of, words_of


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_every_address_says_what_it_is_for(address: Address) -> None:
    assert address.summary.endswith(".")
    assert address.summary[0].isupper()
    assert "\n" not in address.summary + address.tells
    for name, field in fields_of(address.asks).items():
        assert words_of(field.type) != "something else", name


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_names_in_the_path_are_the_run_or_parameters(address: Address) -> None:
    names = {word.strip("{}") for word in address.path.split("/") if word.startswith("{")}
    assert names - {"run"} <= set(fields_of(address.asks))


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_parameters_are_limited_and_unknown_ones_refused(address: Address) -> None:
    """A text or a list without a limit would let anybody fill the memory."""
    _, schemas = msgspec.json.schema_components((address.asks,))
    schema = schemas[address.asks.__name__]
    assert schema.get("additionalProperties", False) is False

    def check(one: dict[str, object]) -> None:
        kind = one.get("type")
        if kind == "string":
            assert "maxLength" in one
        elif kind == "integer":
            assert "maximum" in one
        elif kind == "array":
            assert "maxItems" in one
            check(one["items"])
        for other in one.get("anyOf", []):
            check(other)

    for one in schema.get("properties", {}).values():
        check(one)


def test_names_and_places_are_given_once() -> None:
    assert len({address.name for address in ADDRESSES}) == len(ADDRESSES)
    assert len({(address.method, address.path) for address in ADDRESSES}) == len(ADDRESSES)


def test_what_changes_something_is_posted_and_what_is_posted_is_small() -> None:
    assert {address.method for address in ADDRESSES if address.changes} == {"POST"}
    assert all(address.largest <= 64 << 20 for address in ADDRESSES)
    harmless = {address.name for address in ADDRESSES if address.method == "POST" and not address.changes}
    assert harmless == {"post-runs-edits-preview"}


def test_an_address_names_its_chapter() -> None:
    assert {address.tag for address in ADDRESSES} == {
        "runs",
        "picture",
        "connections",
        "contrast",
        "edits",
        "training",
        "worker",
        "images",
        "given",
        "tables",
    }
    undo = next(address for address in ADDRESSES if address.path.endswith("undo"))
    assert (undo.tag, undo.name) == ("edits", "post-runs-edits-undo")
    assert inspect.signature(Get).parameters["asks"].kind is inspect.Parameter.KEYWORD_ONLY
