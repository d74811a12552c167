"""The two-minute tour: every stop points at something real and covers none of it, by button and by keyboard."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnnvis.serve import demo_run
from cnnvis.serve.report import export
from tests.browser.conftest import ServedRun, Watched, drawn
from tests.browser.digits import record_digits
from tests.browser.gallery import THEMES
from tests.browser.serving import serving
from tests.browser.test_accessibility import require_axe, violations

pytestmark = pytest.mark.browser

STOPS = ["columns", "cluster", "neuron", "matrix", "connection", "class", "edit", "find"]
BOXES = """() => ['.callout', '.outline'].map((name) => [...document.querySelectorAll(name)].map((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return [left, top, right, bottom];
}))"""


def callout(page: Page) -> Locator:
    return page.locator(".callout")


def start(page: Page) -> None:
    page.get_by_role("button", name="Two-minute tour").first.click()
    # What it is made of may have to be computed first.
    expect(callout(page)).to_have_attribute("data-stop", re.compile("."), timeout=30_000)


def check_place(page: Page) -> None:
    """The callout is inside the window, points at something, and covers nothing that is outlined."""
    page.wait_for_timeout(900)  # the picture glides, the callout follows
    (own,), outlined = page.evaluate(BOXES)
    assert outlined, "nothing is pointed at"
    left, top, right, bottom = own
    assert left >= 0
    assert top >= 0
    assert right <= 1280
    assert bottom <= 800
    for one in outlined:
        assert one[0] >= right or one[2] <= left or one[1] >= bottom or one[3] <= top, (own, one)


def walk(page: Page) -> list[str]:
    """Go through the whole tour by keyboard; returns its stops."""
    stops: list[str] = []
    while True:
        place, total = map(int, callout(page).locator(".progress").inner_text().split(" of "))
        stops.append(callout(page).get_attribute("data-stop") or "")
        assert (place, len(stops) <= total) == (len(stops), True)
        check_place(page)
        page.keyboard.press("ArrowRight")
        if place == total:
            expect(callout(page)).to_have_count(0)
            return stops
        expect(callout(page).locator(".progress")).to_have_text(f"{place + 1} of {total}")


@contextmanager
def opened(
    browser: Browser, address: str, *, offline: bool = False, theme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A page that has made no complaint when it is closed."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce", offline=offline, color_scheme=theme
    )
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), address)
    watched.page.goto(address)
    watched.page.get_by_role("button", name="Two-minute tour").wait_for()
    yield watched.page
    context.close()
    assert watched.problems == []


def test_the_whole_tour_of_an_analysed_network(watched: Watched) -> None:
    start(watched.page)
    assert callout(watched.page).get_attribute("role") == "dialog"
    assert walk(watched.page) == STOPS


def test_every_stop_is_an_address(watched: Watched) -> None:
    page = watched.page
    start(page)
    page.keyboard.press("ArrowRight")
    expect(callout(page)).to_have_attribute("data-stop", "cluster")
    page.get_by_role("button", name="Next").click()
    expect(callout(page)).to_have_attribute("data-stop", "neuron")
    expect(page.get_by_role("complementary", name="Details")).to_contain_text("Images that excite it most")
    address, text = page.url, callout(page).locator("#tour-text").inner_text()
    page.go_back()
    expect(callout(page)).to_have_attribute("data-stop", "cluster")
    page.go_forward()
    expect(callout(page)).to_have_attribute("data-stop", "neuron")
    page.goto("about:blank")
    page.goto(address)
    expect(callout(page).locator("#tour-text")).to_have_text(text)
    page.keyboard.press("ArrowLeft")
    expect(callout(page)).to_have_attribute("data-stop", "cluster")


def test_esc_ends_it_where_one_was_before(watched: Watched) -> None:
    page = watched.page
    page.locator("button.card .title").last.click()
    expect(page).to_have_url(re.compile("cluster="))
    before = page.url
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("button", name="Two-minute tour").click()
    expect(callout(page)).to_be_focused()
    page.keyboard.press("ArrowRight")  # while it reads what to show, nothing is to be gone to
    expect(callout(page)).to_have_attribute("data-stop", re.compile("columns|cluster"), timeout=30_000)
    page.keyboard.press("ArrowLeft")
    expect(callout(page)).to_have_attribute("data-stop", "columns")
    for stop in STOPS[1:4]:
        page.keyboard.press("ArrowRight")
        expect(callout(page)).to_have_attribute("data-stop", stop)
    page.keyboard.press("Escape")
    expect(callout(page)).to_have_count(0)
    assert page.url == before
    expect(page.locator("button.card.selected")).to_be_focused()
    page.go_back()
    expect(callout(page)).to_have_attribute("data-stop", "matrix")


def test_the_page_stays_in_use_meanwhile(watched: Watched) -> None:
    page = watched.page
    start(page)
    page.keyboard.press("ArrowRight")
    page.locator("button.class").last.click()
    expect(page.get_by_role("complementary", name="Details").get_by_role("heading", name="Mistakes")).to_be_visible()
    expect(callout(page)).to_have_attribute("data-stop", "cluster")
    callout(page).get_by_role("button", name="Next").click()
    expect(callout(page)).to_have_attribute("data-stop", "neuron")
    callout(page).get_by_role("button", name="End").click()
    expect(page.get_by_role("button", name="Two-minute tour").first).to_be_focused()


def test_a_report_has_its_tour_without_what_needs_a_server(
    browser: Browser, served_run: ServedRun, tmp_path: Path
) -> None:
    written = export(served_run.path, tmp_path / "report.html", progress=False)
    with opened(browser, written.path.as_uri(), offline=True) as page:
        start(page)
        assert walk(page) == [stop for stop in STOPS if stop != "edit"]


def test_a_run_without_connections_is_asked_for_none(browser: Browser, built_page: None, tmp_path: Path) -> None:
    run = tmp_path / "digits"
    shutil.copytree(demo_run(), run, ignore=shutil.ignore_patterns("*connections.safetensors", "derived"))
    asked: list[str] = []
    with serving([run]) as (address, _), opened(browser, address) as page:
        page.on("request", lambda request: asked.append(request.url))
        start(page)
        assert walk(page) == [stop for stop in STOPS if stop != "connection"]
        expect(page.get_by_role("region", name="Connections")).to_contain_text("no connections in this run")
        page.reload()
        drawn(page)
        assert [url for url in asked if "/connections" in url] == []


def test_a_recorded_training_has_stops_of_its_own(
    browser: Browser, built_page: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pytest.importorskip("torch", reason="recording needs PyTorch")
    path = tmp_path_factory.mktemp("runs") / "dead"
    record_digits(path)
    with serving([path]) as (address, _), opened(browser, address) as page:
        start(page)
        stops = walk(page)
        assert [stop for stop in stops if stop not in STOPS] == ["curves", "findings", "steps"]
        assert "step=" not in page.url


@pytest.mark.parametrize("theme", THEMES)
def test_no_violation_with_a_callout_open(
    browser: Browser, served_run: ServedRun, theme: Literal["light", "dark"]
) -> None:
    require_axe()
    with opened(browser, served_run.address, theme=theme) as page:
        start(page)
        for stop in STOPS:
            expect(callout(page)).to_have_attribute("data-stop", stop)
            assert violations(page) == [], stop
            page.keyboard.press("ArrowRight")
