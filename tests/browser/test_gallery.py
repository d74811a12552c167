"""Every state of every view, in both themes, against a small stored photograph of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import real
from tests.browser.conftest import Watched
from tests.browser.gallery import (
    PAUSE,
    REFERENCES,
    STATES,
    THEMES,
    WEB,
    build_gallery,
    open_state,
    photograph,
    read_reference,
    reference_path,
    served,
    still_context,
)
from tests.browser.labels import overlapping
from tests.browser.snapshots import compare, shrink

pytestmark = pytest.mark.browser

CHANGED = WEB / "test-results" / "gallery"
"""Where the photograph of a state that changed is left for the eye (ignored by git)."""
TRIES = 6
RENEW = "if that is meant, look at it and renew the references: python -m tests.browser.gallery"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    problem = build_gallery(folder)
    if problem is not None:
        pytest.skip(problem)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def still(browser: Browser, font: None) -> Iterator[BrowserContext]:
    context = still_context(browser)
    yield context
    context.close()


@pytest.fixture
def watched_state(still: BrowserContext, gallery: str) -> Iterator[Watched]:
    watched = Watched(still.new_page(), gallery)
    yield watched
    watched.page.close()
    assert watched.problems == []
    assert watched.elsewhere == []


def keep(png: bytes, state: str, theme: str) -> Path:
    path = CHANGED / f"{state}-{theme}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png)
    return path


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", STATES)
def test_a_state_looks_as_it_did(state: str, theme: str, watched_state: Watched, gallery: str) -> None:
    reference = read_reference(state, theme)
    assert reference is not None, f"{state} has no reference in the {theme} theme; {RENEW} {state}"
    place = open_state(watched_state.page, gallery, state, theme)
    photograph(place)
    assert overlapping(watched_state.page) == []
    # What has come to rest may still be waiting for a picture, so a difference is given time to go away.
    for _ in range(TRIES):
        png = photograph(place)
        comparison = compare(shrink(png), reference)
        if comparison.alike:
            return
        watched_state.page.wait_for_timeout(PAUSE)
    left = keep(png, state, theme)
    pytest.fail(f"{100 * comparison.share:.1f} % changed, {comparison.where}: see {left}; {RENEW} {state}")


def test_there_is_no_reference_without_its_state() -> None:
    drawn = {reference_path(state, theme) for theme in THEMES for state in STATES}
    photographed = {
        real.reference_path(name, facet, theme)
        for name in real.PHOTOGRAPHED
        for facet in real.FACETS
        for theme in THEMES
    }
    assert set(REFERENCES.rglob("*.png")) <= drawn | photographed
    assert set(real.read_digests()) == set(real.PHOTOGRAPHED)


def test_a_hidden_matrix_is_noticed(watched_state: Watched, gallery: str) -> None:
    reference = read_reference("picture-activations", "light")
    assert reference is not None
    place = open_state(watched_state.page, gallery, "picture-activations", "light")
    photograph(place)
    place.locator(".card .tiles canvas").nth(4).evaluate("canvas => { canvas.style.visibility = 'hidden'; }")
    assert not compare(shrink(photograph(place)), reference).alike


def test_groups_of_a_large_matrix_open_by_going_closer_and_close_on_the_way_back(
    watched_state: Watched, gallery: str
) -> None:
    page = watched_state.page
    open_state(page, gallery, "matrix-wide", "light")
    box = page.locator("canvas[data-drawn]").bounding_box()
    assert box is not None
    columns = page.get_by_text(re.compile(r"\d+ columns for [\d,]+ classes")).last
    counts = [columns.inner_text()]

    def wheel(by: int) -> None:
        page.mouse.wheel(0, by)
        page.wait_for_timeout(120)
        if counts[-1] != columns.inner_text():
            counts.append(columns.inner_text())

    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"])
    for _ in range(30):
        wheel(-240)
        if len(counts) == 3:
            break
    first, second, third = (int(count.split(" · ")[1].split()[0]) for count in counts)
    assert first < second < third, "a group, and then one inside it"
    for _ in range(40):
        wheel(240)
    assert counts[-1] == counts[0]


def test_otherwise_drawn_letters_are_not(watched_state: Watched, gallery: str) -> None:
    """Another version of the font, other hinting: letters that are a little narrower, bolder or higher up."""
    reference = read_reference("picture-activations", "light")
    assert reference is not None
    place = open_state(watched_state.page, gallery, "picture-activations", "light")
    usual = photograph(place)
    place.evaluate(
        """place => {
            const sheet = document.createElement("style");
            sheet.textContent = "* { letter-spacing: -0.01em; -webkit-text-stroke: 0.2px }";
            place.append(sheet);
        }"""
    )
    other = photograph(place)
    assert other != usual
    assert compare(shrink(other), reference).alike
