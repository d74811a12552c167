"""Connections on the page of a real run: how many are drawn, tracing back, and what a check needs."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from cnnvis.serve import demo_run
from tests.browser.conftest import Watched
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

COUNTED = re.compile(r"^[\d,]+ of [\d,]+ connections, (\d+) % of the weight · [\d,]+ curves?$")


def bar(watched: Watched) -> Locator:
    return watched.page.get_by_role("region", name="Connections")


def details(watched: Watched) -> Locator:
    return watched.page.get_by_role("complementary", name="Details")


def slide(watched: Watched, keys: str, times: int = 1) -> None:
    slider = bar(watched).get_by_role("slider")
    slider.focus()
    for _ in range(times):
        slider.press(keys)


def counted(watched: Watched) -> int:
    words = bar(watched).get_by_role("status").inner_text()
    assert COUNTED.match(words), words
    return int(words.split()[0].replace(",", ""))


def test_the_bar_counts_what_is_drawn_and_the_slider_changes_it(watched: Watched) -> None:
    status = bar(watched).get_by_role("status")
    expect(status).to_have_text(COUNTED)
    many = counted(watched)
    slide(watched, "ArrowLeft", 8)
    expect(status).not_to_contain_text(f"{many:,} of")
    assert 0 < counted(watched) < many
    slide(watched, "Home")
    expect(status).to_have_text(re.compile(r"^0 of [\d,]+ connections: hidden$"))
    expect(watched.page.locator("[data-node]")).to_have_count(0)


def test_more_weight_never_draws_less_and_every_item_is_counted(watched: Watched) -> None:
    status = bar(watched).get_by_role("status")
    expect(status).to_have_text(COUNTED)
    slide(watched, "ArrowLeft", 14)
    expect(bar(watched).locator("label")).to_contain_text("10 %")
    # Bundles are whole: what is drawn is more than was asked for, and that is what is said.
    expect(status).not_to_contain_text(", 10 % of the weight")
    weight = COUNTED.match(status.inner_text())
    assert weight
    assert int(weight.group(1)) > 10
    before = 0
    for _ in range(4):
        slide(watched, "ArrowRight", 4)
        expect(status).to_have_text(COUNTED)
        watched.page.wait_for_timeout(500)
        now = counted(watched)
        assert now >= before
        before = now
        field = watched.page.locator("[data-curves]")
        curves = int(status.inner_text().split(" · ")[1].split()[0].replace(",", ""))
        assert int(field.get_attribute("data-curves") or 0) == curves


def test_every_connection_is_reached_in_a_list(watched: Watched) -> None:
    expect(bar(watched).get_by_role("status")).to_have_text(COUNTED)
    items = int(watched.page.locator("[data-items]").get_attribute("data-items") or 0)
    bar(watched).get_by_role("button", name="list all").click()
    while (more := details(watched).get_by_role("button", name=re.compile("weaker ones?$"))).count():
        more.first.click()
    lines = details(watched).locator("ul[aria-label] button")
    expect(lines).to_have_count(items)
    for text in lines.all_inner_texts():
        assert re.search("excites?|inhibits?", text), text
        assert "of the weight into" in text
    lines.last.focus()
    expect(watched.page).to_have_url(re.compile("joins="))
    expect(lines.last).to_have_attribute("aria-pressed", "true")


@pytest.fixture
def demo(browser: Browser, built_page: None) -> Iterator[Watched]:
    """The demo, which has bundles."""
    with serving([demo_run()]) as (address, _):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        watched = Watched(context.new_page(), address)
        watched.page.goto(address)
        expect(bar(watched).get_by_role("status")).to_have_text(COUNTED, timeout=30_000)
        expect(watched.page.locator("[data-node]")).not_to_have_count(0)
        yield watched
        context.close()
        assert watched.problems == []


def test_arrows_go_from_a_node_to_the_cards_that_it_joins(demo: Watched) -> None:
    """Clusters of all columns have the same ids: the arrows went to the first column's."""
    for node in demo.page.locator("[data-node]").all():
        here = node.bounding_box()
        assert here is not None
        for key, side in (("ArrowLeft", -1), ("ArrowRight", 1)):
            node.focus()
            demo.page.keyboard.press(key)
            there = demo.page.locator("[data-card]:focus").bounding_box()
            assert there is not None
            assert (there["x"] - here["x"]) * side > 0


def test_a_focused_bundle_says_what_it_joins_and_lights_it(demo: Watched) -> None:
    node = demo.page.locator("[data-node]").first
    node.focus()
    words = node.get_attribute("aria-label") or ""
    assert re.search(r"(excite|inhibit).*of the weight into", words, re.DOTALL), words
    shown = demo.page.locator("button.card").evaluate_all("cards => cards.map(card => card.style.opacity || '1')")
    lit = [opacity for opacity in shown if float(opacity) == 1]
    assert 2 <= len(lit) < len(shown)


def test_a_selected_cluster_dims_what_is_not_connected(watched: Watched) -> None:
    expect(bar(watched).get_by_role("status")).to_have_text(COUNTED)
    card = watched.page.locator("button.card").last
    card.locator(".title").click()
    expect(card).to_have_css("opacity", "1")
    # Every connection of the cluster is listed, for those who do not see curves.
    expect(details(watched).get_by_role("button", name="Trace back")).to_be_visible()
    expect(details(watched).get_by_text(re.compile("What drives it|What it drives")).first).to_be_visible()


def test_a_way_back_is_walked_with_the_arrow_keys(watched: Watched) -> None:
    expect(bar(watched).get_by_role("status")).to_have_text(COUNTED)
    watched.page.locator(".class").first.click()
    details(watched).get_by_role("button", name="Trace back").click()
    steps = details(watched).locator("ol button[aria-current=step]")
    expect(steps).to_have_count(1)
    first = steps.inner_text()
    watched.page.keyboard.press("ArrowLeft")
    expect(steps).not_to_have_text(first)
    expect(steps).to_contain_text("%")
    expect(watched.page).to_have_url(re.compile("stop=1"))
    # It ends with what its last cluster looks for in the input.
    end = details(watched).locator("ol > li").last
    expect(end).to_contain_text("input")
    expect(end.locator("canvas, svg, img").first).to_be_visible()
    watched.page.keyboard.press("Escape")
    expect(details(watched).get_by_text("Traced back")).to_have_count(0)


def test_without_the_network_a_check_names_the_command(watched: Watched) -> None:
    bar(watched).get_by_role("button", name="trust them?").click()
    expect(details(watched).locator("code")).to_contain_text("cnnvis open")
    expect(details(watched).locator("code")).to_contain_text("--model")
