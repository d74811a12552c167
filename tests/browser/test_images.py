"""Sets of images: from a class to clusters and the path, ticked by hand, saved, dropped on the page."""

import base64
import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker
from tests.browser import digits
from tests.browser.conftest import ServedRun, Watched, drawn
from tests.browser.serving import serving

pytestmark = pytest.mark.browser
DIGITS = Path(digits.__file__)


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


def images(page: Page) -> Locator:
    return details(page).get_by_role("region", name="Images", exact=True)


def button(where: Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name)


def test_a_class_leads_to_its_images_and_these_to_clusters_and_the_path(
    watched: Watched, served_run: ServedRun
) -> None:
    page = watched.page
    page.locator("[data-label='3']").click()
    button(details(page), "Its probe images").click()
    expect(images(page).get_by_role("heading", name=served_run.scene.classes[3].name)).to_be_visible()
    expect(page).to_have_url(re.compile("images=&of-class=3"))
    expect(images(page)).to_contain_text("probe images")
    row = images(page).get_by_role("rowheader").first
    row.get_by_role("button").click()
    expect(page).to_have_url(re.compile("cluster="))
    button(details(page), "back to the images").click()
    expect(images(page)).to_be_visible()
    button(images(page), "Path to").click()
    expect(details(page).get_by_role("heading", name="Traced back")).to_be_visible()
    expect(details(page)).to_contain_text("not on the chosen images alone")
    page.go_back()
    expect(images(page)).to_be_visible()
    page.reload()
    expect(images(page).get_by_role("rowheader").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(images(page)).to_have_count(0)


def test_images_are_ticked_by_click_shift_brush_and_keyboard(watched: Watched) -> None:
    page = watched.page
    button(details(page), "All probe images").click()
    ticks = images(page).get_by_role("checkbox")
    ticked = images(page).get_by_role("checkbox", checked=True)
    ticks.nth(0).click()
    ticks.nth(3).click(modifiers=["Shift"])
    expect(ticked).to_have_count(4)
    ticks.nth(3).click()
    expect(ticked).to_have_count(3)
    start, end = ticks.nth(6).bounding_box(), ticks.nth(9).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9, steps=8)
    page.mouse.up()
    expect(ticked).to_have_count(7)
    ticks.nth(12).focus()
    page.keyboard.press("Space")
    expect(ticked).to_have_count(8)
    button(images(page), "Only the 8 ticked").click()
    expect(images(page).get_by_role("heading", name="8 images chosen by hand")).to_be_visible()
    expect(images(page).get_by_role("checkbox")).to_have_count(8)
    images(page).get_by_role("checkbox").nth(2).click()
    button(images(page), "Without them").click()
    expect(images(page).get_by_role("heading", name="7 images chosen by hand")).to_be_visible()
    page.reload()
    expect(images(page).get_by_role("checkbox")).to_have_count(7)


def test_a_comparison_leads_to_all_of_its_images(watched: Watched, served_run: ServedRun) -> None:
    page = watched.page
    page.locator("[data-label='3']").click()
    other = served_run.scene.classes[0].name
    details(page).get_by_role("combobox", name="Compare").select_option(label=other)
    details(page).get_by_role("button", name=re.compile(rf"^look at all \d+ of {other}")).click()
    expect(images(page).get_by_role("heading", name=other)).to_be_visible()


@pytest.fixture
def place(served_run: ServedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    shutil.copytree(served_run.path, tmp_path / "digits")
    return tmp_path / "digits"


@pytest.fixture
def own(browser: Browser, place: Path) -> Iterator[tuple[Watched, RunShelf]]:
    """A page of a run that may be changed, with a worker for its network."""
    words = ["open", str(place), "--model", f"{DIGITS}:network", "--data", f"{DIGITS}:digits", "--device", "cpu"]
    worker = Worker([sys.executable, "-m", "cnnvis.cli.worker", *words])
    with serving([place], worker=worker) as (address, shelf):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(15_000)
        watched = Watched(context.new_page(), address)
        watched.page.goto(address)
        drawn(watched.page)
        yield watched, shelf
        context.close()
        worker.close()
    assert watched.problems == []


def test_a_set_is_saved_found_renamed_removed_and_brought_back(own: tuple[Watched, RunShelf], browser: Browser) -> None:
    watched, shelf = own
    page = watched.page
    other = browser.new_page()
    other.goto(watched.origin)
    button(details(page), "All probe images").click()
    ticks = images(page).get_by_role("checkbox")
    ticks.nth(1).click()
    ticks.nth(4).click(modifiers=["Shift"])
    button(images(page), "Only the 4 ticked").click()
    button(images(page), "Save as group").click()
    images(page).get_by_role("textbox", name="Name of the image group").fill("odd ones")
    page.keyboard.press("Enter")
    expect(images(page).get_by_role("heading", name="odd ones")).to_be_visible()
    expect(page).to_have_url(re.compile("group=g1"))
    book = shelf.studio("digits").edits
    assert [len(each.samples) for each in book.groups()] == [4]
    # Another window sees it, beside the run.
    button(details(other), "odd ones").click()
    expect(images(other).get_by_role("heading", name="odd ones")).to_be_visible()
    other.close()
    button(images(page), "Rename").click()
    images(page).get_by_role("textbox").fill("strange")
    page.keyboard.press("Enter")
    expect(images(page).get_by_role("heading", name="strange")).to_be_visible()
    button(images(page), "back to the run").click()
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search").fill("strange")
    page.keyboard.press("Enter")
    expect(images(page).get_by_role("heading", name="strange")).to_be_visible()
    button(images(page), "Remove group").click()
    expect(details(page).get_by_role("heading", name="Start here")).to_be_visible()
    expect(button(details(page), "strange")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(button(details(page), "strange")).to_be_visible()
    assert [each.name for each in book.groups()] == ["strange"]


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    data = [{"name": name, "data": base64.b64encode(content).decode()} for name, content in files]
    handle = page.evaluate_handle(
        """data => {
            const carried = new DataTransfer();
            for (const { name, data: text } of data)
                carried.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
            return carried;
        }""",
        data,
    )
    page.dispatch_event("main", "dragenter", {"dataTransfer": handle})
    expect(page.locator(".veil")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": handle})


def digit() -> bytes:
    buffer = io.BytesIO()
    pixels, _ = digits.digits()
    Image.fromarray(np.kron(pixels[3], np.ones((4, 4))).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_dropped_images_are_answered_and_what_is_none_is_said(own: tuple[Watched, RunShelf]) -> None:
    watched, _ = own
    page = watched.page
    drop(page, ("three.png", digit()), ("letter.png", b"Dear all"))
    given = details(page).get_by_role("region", name="Images of yours")
    expect(given).to_be_visible(timeout=90_000)
    expect(given.get_by_role("heading", name="three.png")).to_be_visible()
    expect(given).to_contain_text("letter.png is not an image that can be read here.")
    expect(given.get_by_role("rowheader").first).to_be_visible()
    picture = given.get_by_role("img", name="three.png")
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 64
    given.get_by_role("combobox").select_option(label="three")
    expect(given).to_contain_text("Answer otherwise than three")
    expect(page).to_have_url(re.compile("given=1"))
    page.reload()
    expect(given).to_contain_text("Answer otherwise than three")
    button(given, "Path to").click()
    expect(details(page).get_by_role("heading", name="Traced back")).to_be_visible()
    drop(page, ("letter.png", b"Dear all"))
    expect(page.get_by_role("alert")).to_contain_text("letter.png is not an image", timeout=30_000)
    button(page.get_by_role("main"), "Close").click()
    # Nothing is lost by it.
    expect(details(page).get_by_role("heading", name="Traced back")).to_be_visible()


def test_the_path_is_found_on_the_chosen_images_alone(own: tuple[Watched, RunShelf]) -> None:
    page = own[0].page
    button(details(page), "All probe images").click()
    ticks = images(page).get_by_role("checkbox")
    ticks.nth(0).click()
    ticks.nth(5).click(modifiers=["Shift"])
    button(images(page), "Only the 6 ticked").click()
    button(images(page), "Path to").click()
    expect(details(page)).to_contain_text("not on the chosen images alone")
    button(details(page), "Find it on these images").click()
    expect(details(page)).to_contain_text("Found on 6 images of the chosen ones", timeout=90_000)
    expect(page).to_have_url(re.compile("own=1"))
    page.reload()
    expect(details(page)).to_contain_text("Found on 6 images of the chosen ones")
    button(details(page), "The way of the class as a whole").click()
    expect(details(page)).to_contain_text("not on the chosen images alone")


def test_images_are_chosen_as_files(own: tuple[Watched, RunShelf]) -> None:
    page = own[0].page
    details(page).get_by_label("Images of your own").set_input_files(
        {"name": "three.png", "mimeType": "image/png", "buffer": digit()}
    )
    given = details(page).get_by_role("region", name="Images of yours")
    expect(given.get_by_role("heading", name="three.png")).to_be_visible(timeout=90_000)


def test_without_the_networks_code_the_page_says_what_enables_it(watched: Watched) -> None:
    page = watched.page
    details(page).get_by_text("Images of your own").click()
    expect(details(page).locator("code")).to_contain_text("cnnvis open")
    drop(page, ("three.png", digit()))
    expect(page.get_by_role("alert")).to_contain_text("--model")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_run_that_is_only_shown_has_sets_but_no_groups(browser: Browser, place: Path) -> None:
    with serving([place], read_only=True) as (address, _):
        page = browser.new_page()
        page.goto(address)
        button(details(page), "All probe images").click()
        expect(images(page).get_by_role("checkbox").first).to_be_visible()
        expect(button(images(page), "Save as group")).to_have_count(0)
        page.close()
