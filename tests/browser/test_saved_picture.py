"""The picture saved from the page as PNG and SVG: whole, self-contained, and the same as on the page."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from cnnvis.schema.tables import TableName
from cnnvis.serve.report import export
from tests.browser.conftest import ServedRun, Watched, drawn, rest
from tests.browser.snapshots import compare, shrink

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
HEADS = 44
"""Height of the columns' heads when no group is opened, in pixels of the page."""


def saved(page: Page, kind: str, folder: Path) -> Path:
    """Save the picture as a person does; returns the file, under the name that the page gave it."""
    page.get_by_role("button", name="Save picture").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=kind).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def read(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(path.read_text(encoding="utf-8"))


def cards_of(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [one for one in svg.iter(f"{SVG}g") if "data-layer" in one.attrib]


def classes_of(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [one for one in svg.iter(f"{SVG}g") if "data-class" in one.attrib]


def size_of(svg: ElementTree.Element) -> tuple[int, int]:
    return int(svg.attrib["width"]), int(svg.attrib["height"])


def test_the_svg_has_every_card_and_needs_nothing_else(watched: Watched, served_run: ServedRun, tmp_path: Path) -> None:
    rest(watched.page)
    path = saved(watched.page, "SVG", tmp_path)
    assert path.name == f"{served_run.scene.run.name}.svg"
    svg = read(path)
    shown = watched.page.locator("button.card")
    places = shown.evaluate_all("cards => cards.map(card => [card.dataset.layer, card.dataset.card])")
    assert sorted((one.attrib["data-layer"], one.attrib["data-card"]) for one in cards_of(svg)) == sorted(
        map(tuple, places)
    )
    assert len(classes_of(svg)) == watched.page.locator(".class").count() == 10
    titles = {"".join(text.itertext()) for text in svg.iter(f"{SVG}text")}
    assert {"input", *(group.title for group in served_run.scene.groups)} <= titles
    curves = int(watched.page.locator("[data-curves]").get_attribute("data-curves") or 0)
    assert curves > 0
    links = next(one for one in svg.iter(f"{SVG}g") if one.attrib.get("data-part") == "connections")
    assert len(list(links.iter(f"{SVG}path"))) >= curves
    hrefs = [image.attrib[HREF] for image in svg.iter(f"{SVG}image")]
    assert len(hrefs) > len(served_run.scene.examples)
    assert all(href.startswith("data:image/png;base64,") for href in hrefs)


def test_the_svg_opens_by_itself_without_network(watched: Watched, browser: Browser, tmp_path: Path) -> None:
    path = saved(watched.page, "SVG", tmp_path)
    width, height = size_of(read(path))
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    page.on("requestfailed", lambda request: problems.append(request.url))
    page.goto(path.as_uri())
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    context.close()
    assert problems == []
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 500


def test_the_png_shows_what_the_page_shows(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    rest(page)
    page.locator("[data-drawn]").first.wait_for(state="attached")
    path = saved(page, "PNG", tmp_path)
    width, height = size_of(read(saved(page, "SVG", tmp_path)))
    image = Image.open(path).convert("RGB")
    assert image.size == (2 * width, 2 * height)
    # The whole picture is on the screen, not enlarged: the same part of both, at one pixel each.
    expect(page.locator(".world")).to_have_attribute("style", re.compile(r"translate\(0px, 0px\) scale\(1\)"))
    box = page.locator(".view").bounding_box()
    assert box is not None
    page.mouse.move(0, 0)
    part = {"x": box["x"], "y": box["y"], "width": min(width, box["width"]), "height": box["height"]}
    photograph = Image.open(io.BytesIO(page.screenshot(clip=part))).convert("RGB")
    same = image.resize((width, height), Image.Resampling.BOX).crop(
        (0, HEADS, photograph.width, HEADS + photograph.height)
    )
    found = compare(shrink(png_of(same)), shrink(png_of(photograph)))
    assert found.alike, found.where


def png_of(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("facet", ["Activations", "Contributions"])
def test_matrices_are_saved_with_their_names_and_scale(watched: Watched, tmp_path: Path, facet: str) -> None:
    page = watched.page
    page.get_by_role("button", name=facet).click()
    svg = read(saved(page, "SVG", tmp_path))
    cards = cards_of(svg)
    # One image of all cells per card.
    assert [len(list(card.iter(f"{SVG}image"))) for card in cards] == [1] * len(cards)
    assert len(list(svg.iter(f"{SVG}linearGradient"))) == 1


def test_the_whole_is_saved_where_only_a_part_is_on_the_screen(
    watched: Watched, served_run: ServedRun, tmp_path: Path
) -> None:
    page = watched.page
    whole = cards_of(read(saved(page, "SVG", tmp_path)))
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served_run.address}#/run/digits?zoom=6,100,100")
    drawn(page)
    svg = read(saved(page, "SVG", tmp_path))
    assert svg.attrib["data-theme"] == "dark"
    assert [card.attrib for card in cards_of(svg)] == [card.attrib for card in whole]


def test_the_picture_is_offered_while_it_is_shown_tables_always(watched: Watched, served_run: ServedRun) -> None:
    page = watched.page
    button, png = page.get_by_role("button", name="Save picture"), page.get_by_role("menuitem", name="PNG")
    page.goto(f"{served_run.address}#/run/digits?matrix={served_run.scene.groups[0].layer}")
    page.locator("canvas[data-drawn]").wait_for()
    button.click()
    expect(png).to_be_disabled()
    expect(page.get_by_role("menuitem", name="Table as CSV")).to_be_enabled()
    page.keyboard.press("Escape")
    page.go_back()
    drawn(page)
    button.click()
    expect(png).to_be_enabled()


def test_the_menu_is_reached_and_left_by_keyboard(watched: Watched) -> None:
    page = watched.page
    button = page.get_by_role("button", name="Save picture")
    button.press("Enter")
    expect(page.get_by_role("menuitem", name="PNG")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="SVG")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


SLOW_PATCHES = """() => {
    const canvas = HTMLCanvasElement.prototype;
    const written = canvas.toDataURL;
    canvas.toDataURL = function (...how) {
        for (const end = performance.now() + 150; performance.now() < end; );
        return written.apply(this, how);
    };
}"""
"""A small network takes as long as one with many more patches."""
WATCH_FRAMES = """() => {
    window.longest = 0;
    let before = performance.now();
    requestAnimationFrame(function frame(now) {
        window.longest = Math.max(window.longest, now - before);
        before = now;
        requestAnimationFrame(frame);
    });
}"""
"""Counts the longest time in which the page drew no frame."""


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_long_save_is_stopped_in_the_middle_and_the_page_stays_at_hand(watched: Watched, kind: str) -> None:
    page = watched.page
    rest(page)
    page.evaluate(SLOW_PATCHES)
    files: list[str] = []
    page.on("download", lambda one: files.append(one.suggested_filename))
    button = page.get_by_role("button", name="Save picture")
    button.click()
    page.get_by_role("menuitem", name=kind).click()
    bar = page.get_by_role("progressbar", name="Progress of saving the picture")
    # Part of it is done: this is the middle.
    expect(bar).to_have_attribute("value", re.compile(r"^0\.\d+$"))
    page.evaluate(WATCH_FRAMES)
    card = page.locator("button.card").first
    card.click()
    expect(card).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(bar).to_have_count(0)
    expect(button).to_be_focused()
    expect(button).to_be_enabled()
    assert page.evaluate("window.longest") < 1000
    page.wait_for_timeout(300)
    assert files == []


@pytest.fixture
def report(browser: Browser, served_run: ServedRun, tmp_path: Path) -> Iterator[Page]:
    """A report, opened from the disk with the network off; at the end it must have made no complaint."""
    written = export(served_run.path, tmp_path / "report.html", progress=False)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(written.path.as_uri())
    drawn(page)
    yield page
    context.close()
    assert problems == []


def test_a_report_saves_its_picture_too(report: Page, tmp_path: Path) -> None:
    svg = read(saved(report, "SVG", tmp_path))
    assert len(cards_of(svg)) == report.locator("button.card").count()
    image = Image.open(saved(report, "PNG", tmp_path))
    width, height = size_of(svg)
    assert image.size == (2 * width, 2 * height)
    assert len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) > 500


def test_every_table_is_saved_from_the_same_menu(watched: Watched, served_run: ServedRun, tmp_path: Path) -> None:
    page = watched.page
    page.get_by_role("button", name="Save picture").click()
    page.get_by_role("menuitem", name="Table as CSV").click()
    names = [one.inner_text().split("\n")[0] for one in page.get_by_role("menuitem").all()]
    assert [name for name in names if name in get_args(TableName)] == list(get_args(TableName))
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("^clusters")).click()
    assert download.value.suggested_filename == f"{served_run.scene.run.name} clusters.csv"
    download.value.save_as(tmp_path / "clusters.csv")
    address = f"{served_run.address}api/runs/digits/table/clusters"
    assert (tmp_path / "clusters.csv").read_text(encoding="utf-8") == page.request.get(
        address, params={"format": "csv"}
    ).text()


def test_a_report_offers_no_tables(report: Page) -> None:
    report.get_by_role("button", name="Save picture").click()
    assert [one.inner_text().split("\n")[0] for one in report.get_by_role("menuitem").all()] == ["PNG", "SVG"]
