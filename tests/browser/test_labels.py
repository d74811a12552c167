"""Words that lie on other words are found, and only those."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.labels import overlapping

pytestmark = pytest.mark.browser

PLACE = "position: absolute; font: 20px monospace; white-space: nowrap;"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 600, "height": 400})
    yield page
    page.close()


def words(page: Page, *labels: str) -> list[tuple[str, str]]:
    page.set_content("<body style='margin: 0'>" + "".join(labels))
    return overlapping(page)


def label(text: str, left: int, top: int, more: str = "") -> str:
    return f"<span class='{text}' style='{PLACE} left: {left}px; top: {top}px; {more}'>{text}</span>"


def test_a_word_on_another_is_found(page: Page) -> None:
    assert words(page, label("first", 0, 0), label("second", 40, 10), label("third", 0, 60)) == [
        ("first (first)", "second (second)")
    ]


def test_words_beside_and_below_each_other_are_not(page: Page) -> None:
    assert words(page, label("first", 0, 0), label("second", 100, 0), label("third", 0, 40)) == []


def test_what_is_not_seen_lies_on_nothing(page: Page) -> None:
    hidden = [label("a", 0, 0, "visibility: hidden;"), label("b", 0, 0, "opacity: 0;"), label("c", 0, 500)]
    box = "position: absolute; width: 50px; height: 30px; overflow: hidden"
    cut = f"<div style='{box}'>{label('long words', 0, 0)}</div>"
    assert words(page, label("shown", 60, 0), cut, *hidden) == []


def test_letters_of_a_drawing_count(page: Page) -> None:
    drawing = "<svg style='position: absolute; left: 0; top: 0'><text x='0' y='18' class='drawn'>drawn</text></svg>"
    assert words(page, label("label", 0, 0), drawing) == [("label (label)", "drawn (drawn)")]
