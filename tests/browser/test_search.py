"""Search on the page of a real run: by name, by number, with the keys alone."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ServedRun, Watched

pytestmark = pytest.mark.browser


def field(watched: Watched) -> Locator:
    watched.page.locator("body").press("/")
    return watched.page.get_by_role("combobox", name="Search")


def options(watched: Watched) -> Locator:
    return watched.page.get_by_role("listbox", name="Found").get_by_role("option")


def details(watched: Watched) -> Locator:
    return watched.page.get_by_role("complementary", name="Details")


def test_a_class_is_found_by_its_name(watched: Watched, served_run: ServedRun) -> None:
    name = served_run.scene.classes[3].name
    field(watched).fill(name)
    expect(options(watched).first).to_contain_text("class")
    watched.page.keyboard.press("Enter")
    expect(watched.page.get_by_role("dialog", name="Search")).to_have_count(0)
    expect(details(watched).get_by_role("heading", name=name).first).to_be_visible()


def test_a_neuron_is_found_by_layer_and_number(watched: Watched, served_run: ServedRun) -> None:
    layer = served_run.scene.groups[0].layer
    field(watched).fill(f"{layer}:1")
    expect(options(watched).first).to_contain_text(f"{layer}:1")
    options(watched).first.click()
    expect(watched.page).to_have_url(re.compile("neuron|select|:1"))
    expect(details(watched)).to_contain_text("Images that excite it most")


def test_arrows_choose_and_nothing_found_is_said(watched: Watched) -> None:
    search = field(watched)
    search.fill("e")
    expect(options(watched).nth(1)).to_be_visible()
    search.press("ArrowDown")
    expect(options(watched).nth(1)).to_have_attribute("aria-selected", "true")
    search.press("ArrowUp")
    search.press("ArrowUp")
    expect(options(watched).last).to_have_attribute("aria-selected", "true")
    search.fill("no such thing")
    expect(options(watched)).to_have_count(0)
    expect(watched.page.get_by_text("Nothing here is called that")).to_be_visible()
    search.press("Escape")
    expect(watched.page.get_by_role("dialog", name="Search")).to_have_count(0)
