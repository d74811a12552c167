"""An address is read as the page writes it, and written as the page reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.notebook.page_address import PageAddress, read_ranges

PRINTED = st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]) | st.just(" ")
TEXT = st.text(PRINTED, min_size=1, max_size=12)


def test_an_address_is_read_as_the_page_writes_it() -> None:
    address = PageAddress.read("#/run/two%20words?layer=layer2.0%2Frelu%231&cluster=c+3&open=a&open=b", "two words")
    assert address.get("layer") == "layer2.0/relu#1"
    assert address.get("cluster") == "c 3"
    assert address.get("neuron") is None


def test_what_is_of_another_run_does_not_count() -> None:
    assert PageAddress.read("#/run/other?layer=a", "mine").asked == ()
    assert PageAddress.read("", "mine").asked == ()


def test_selecting_keeps_what_else_is_shown() -> None:
    address = PageAddress.read("#/run/a?layer=x&cluster=c1&neuron=3&facet=activations", "a")
    assert address.selecting("y", None, 7).text() == "#/run/a?layer=y&neuron=7&facet=activations"
    assert address.selecting(None, None, None).text() == "#/run/a?facet=activations"
    assert PageAddress("a").text() == "#/run/a"


@given(run=TEXT, layer=TEXT, cluster=TEXT)
def test_whatever_the_names_are_they_come_back(run: str, layer: str, cluster: str) -> None:
    text = PageAddress(run).selecting(layer, cluster, 5).text()
    back = PageAddress.read(text, run)
    assert (back.get("layer"), back.get("cluster"), back.get("neuron")) == (layer, cluster, "5")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (None, []),
        ("", []),
        ("3", [3]),
        ("0-2,7", [0, 1, 2, 7]),
        ("7,0-2,1", [0, 1, 2, 7]),
        ("x,-1,2-,4", [4]),
        ("5-3", []),
    ],
)
def test_ranges_of_numbers(text: str | None, numbers: list[int]) -> None:
    assert read_ranges(text) == numbers


def test_an_address_cannot_ask_for_endless_numbers() -> None:
    assert len(read_ranges("0-9999999")) <= 100_001
