"""A neuron's best, typical and least exciting images in the details, with its activation map over them."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ServedRun, Watched

pytestmark = pytest.mark.browser


def details_of(watched: Watched, served_run: ServedRun) -> Locator:
    """Open a neuron that has a map and return the details."""
    layer = next(facts for facts in served_run.scene.layers if len(facts.map) == 2 and facts.map[0] > 1)
    watched.page.goto("about:blank")  # else only the part after # would change
    watched.page.goto(f"{served_run.address}#/run/digits?layer={layer.id}&neuron=0")
    details = watched.page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Map", exact=True).wait_for()
    return details


def test_best_typical_and_least_exciting_images_are_there_on_demand(watched: Watched, served_run: ServedRun) -> None:
    details = details_of(watched, served_run)
    expect(details.locator("h3").first).to_have_text("Images that excite it most")
    details.get_by_role("button", name="Typical", exact=True).click()
    expect(details.locator("li svg[role=img]")).to_have_count(3)
    expect(details.locator("li .place")).to_have_text(["at 75 %", "at 50 %", "at 25 %"])
    details.get_by_role("button", name="Least", exact=True).click()
    expect(details.locator("h3").first).to_have_text("Images that excite it least")
    expect(details.locator("li svg[role=img]")).to_have_count(3)


def test_the_map_is_drawn_over_the_image_with_its_scale(watched: Watched, served_run: ServedRun) -> None:
    details = details_of(watched, served_run)
    expect(details.locator("mask")).to_have_count(0)
    details.get_by_role("button", name="Map", exact=True).click()
    expect(details.locator("li mask image")).not_to_have_count(0)
    expect(details.get_by_role("img", name="Colour: activation")).to_be_visible()
    address = details.locator("li mask image").first.get_attribute("href")
    assert (address or "").startswith("data:image/png")
    details.get_by_role("button", name="Map", exact=True).click()
    expect(details.locator("mask")).to_have_count(0)


def test_a_click_makes_an_image_large_and_small_again(watched: Watched, served_run: ServedRun) -> None:
    details = details_of(watched, served_run)
    image = details.locator("li svg[role=img]").first
    small = int(image.get_attribute("width") or 0)
    details.locator("li button[aria-expanded]").first.click()
    expect(details.locator("li button[aria-expanded]").first).to_have_attribute("aria-expanded", "true")
    assert int(image.get_attribute("width") or 0) > 2.5 * small
    details.locator("li button[aria-expanded]").first.click()
    expect(image).to_have_attribute("width", str(small))


def test_a_neuron_of_a_column_leads_to_its_probe_images(watched: Watched, served_run: ServedRun) -> None:
    page = watched.page
    page.locator("button.card").first.click()  # in its middle: on a neuron
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Its probe images").click()
    images = details.get_by_role("region", name="Images", exact=True)
    expect(images.get_by_role("heading").first).to_have_text(re.compile("^Images that excite neuron \\d+ of "))
    expect(images.get_by_role("checkbox")).not_to_have_count(0)
    # A class has its own images.
    layer = served_run.scene.groups[-1].layer
    page.goto(f"{served_run.address}#/run/digits?layer={quote(layer, safe='')}&neuron=0")
    expect(details.get_by_role("heading", name="Images that excite it most")).to_be_visible()
    expect(details.locator("[data-part=images] + button")).to_have_count(0)
