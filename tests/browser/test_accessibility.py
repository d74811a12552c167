"""No violation that axe-core can find, in either theme, wherever one gets to with a few clicks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import require_axe, violations
from tests.browser.conftest import ServedRun, drawn
from tests.browser.gallery import THEMES

pytestmark = pytest.mark.browser


@pytest.fixture(params=THEMES)
def opened(request: pytest.FixtureRequest, browser: Browser, served_run: ServedRun) -> Iterator[Page]:
    require_axe()
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(served_run.address)
    drawn(page)
    yield page
    context.close()


def test_the_check_finds_what_is_wrong(opened: Page) -> None:
    opened.evaluate(
        "() => ['aria-label', 'title'].forEach((name) => document.querySelector('button.card').removeAttribute(name))"
    )
    opened.evaluate("() => { document.querySelector('button.card').replaceChildren(); }")
    assert any(one.startswith("button-name") for one in violations(opened))


def test_the_picture_and_every_facet(opened: Page) -> None:
    assert violations(opened) == []
    facets = opened.get_by_role("group", name="How clusters are drawn")
    for facet in ("Activations", "Contributions"):
        facets.get_by_role("button", name=facet).click()
        assert violations(opened) == [], facet


def test_the_menu_to_save_the_picture(opened: Page) -> None:
    opened.get_by_role("button", name="Save picture").click()
    opened.get_by_role("menuitem", name="PNG").wait_for()
    assert violations(opened) == []


def test_a_cluster_a_neuron_and_a_class(opened: Page) -> None:
    details = opened.get_by_role("complementary", name="Details")
    opened.locator("button.card .title").last.click()
    assert violations(opened) == [], "cluster"
    details.get_by_role("button", name=re.compile("^Neuron")).first.click()
    details.get_by_text("Mean activation by class").wait_for()
    assert violations(opened) == [], "neuron"
    opened.keyboard.press("Escape")
    opened.locator("button.class").first.click()
    assert violations(opened) == [], "class"


def test_the_large_matrix(opened: Page, served_run: ServedRun) -> None:
    layer = next(group.layer for group in reversed(served_run.scene.groups) if not group.output)
    opened.goto("about:blank")
    opened.goto(f"{served_run.address}#/run/digits?facet=activations&matrix={layer}")
    opened.locator("canvas[data-drawn]").wait_for()
    assert violations(opened) == []


def test_the_layer_graph_and_the_help(opened: Page) -> None:
    opened.get_by_role("button", name=re.compile("^Show the layer graph")).first.click()
    opened.get_by_role("region", name="Layer graph").wait_for()
    assert violations(opened) == [], "graph"
    opened.keyboard.press("?")
    opened.get_by_role("dialog").wait_for()
    assert violations(opened) == [], "help"


def test_images_and_what_is_said_of_connections(opened: Page) -> None:
    details = opened.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="All probe images").click()
    details.get_by_role("checkbox").first.click()
    assert violations(opened) == [], "images"
    bar = opened.get_by_role("region", name="Connections")
    for panel, heading in (("list all", "All connections"), ("trust them?", "How far to trust")):
        bar.get_by_role("button", name=panel).click()
        details.get_by_role("heading", name=heading).wait_for()
        assert violations(opened) == [], panel
    opened.keyboard.press("h")
    opened.get_by_role("region", name="All edits").wait_for()
    assert violations(opened) == [], "edits"
