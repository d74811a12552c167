"""Switching facets on a real run: for all, for one cluster, in the large matrix; by pointer, keyboard and link."""

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from cnnvis.store.reader import read_run
from tests.browser.conftest import ServedRun, Watched
from tests.browser.snapshots import compare, shrink

pytestmark = pytest.mark.browser

SETTLED = 700
"""Milliseconds after which no card is on its way to another facet any more."""


def colours(card: Locator) -> int:
    """Return how many different colours a card's drawing has."""
    return card.locator(".tiles canvas").evaluate(
        """canvas => {
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            return new Set(new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
        }"""
    )


def switch(page: Page, facet: str) -> None:
    page.get_by_role("group", name="How clusters are drawn").get_by_role("button", name=facet).click()
    page.wait_for_timeout(SETTLED)


def resting(cards: Locator) -> list[FloatRect | None]:
    """Return where the cards are once none of them moves any more, however slow the machine."""
    now: list[FloatRect | None] = []
    for _ in range(100):
        before, now = now, [card.bounding_box() for card in cards.all()]
        if before == now:
            break
        cards.page.wait_for_timeout(200)
    return now


def deep_layer(served_run: ServedRun) -> str:
    return next(group.layer for group in reversed(served_run.scene.groups) if not group.output)


def open_matrix(watched: Watched, served_run: ServedRun, facet: str = "activations") -> Locator:
    """Open the large matrix of the last hidden column and wait until it is drawn."""
    watched.page.goto("about:blank")  # else only the part after # would change
    address = f"{served_run.address}#/run/digits?facet={facet}&matrix={deep_layer(served_run)}"
    watched.page.goto(address)
    watched.page.locator("canvas[data-drawn]").wait_for()
    return watched.page.get_by_role("application")


def test_every_card_changes_in_place(watched: Watched) -> None:
    page = watched.page
    cards = page.locator("button.card")
    before = resting(cards)
    switch(page, "Activations")
    expect(cards.first).to_have_attribute("aria-label", re.compile("by activations$"))
    assert resting(cards) == before
    legend = page.get_by_role("group", name="What size and colour mean")
    expect(legend).to_contain_text("mean activation")
    expect(page).to_have_url(re.compile("facet=activations"))
    assert colours(cards.first) > 3
    switch(page, "Contributions")
    expect(legend).to_contain_text("contribution to the class score")
    expect(legend).to_contain_text("against")
    switch(page, "Features")
    expect(legend.get_by_label("size")).to_be_visible()
    expect(page).not_to_have_url(re.compile("facet="))


def test_the_range_of_the_colours_is_the_users_choice(watched: Watched) -> None:
    page = watched.page
    switch(page, "Activations")
    legend = page.get_by_role("group", name="What size and colour mean")
    expect(legend).to_contain_text("its lowest class")
    legend.get_by_label("colours over").select_option("layer")
    expect(legend.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"Colours from [\d.]+ to [\d.]+"))
    expect(page).to_have_url(re.compile("range=layer"))


def test_one_cluster_may_differ_until_all_are_alike_again(watched: Watched) -> None:
    page = watched.page
    card = page.locator("button.card").first
    card.hover()
    page.get_by_role("group", name=re.compile("is drawn$")).get_by_role("button", name="activations").click()
    expect(card).to_have_attribute("aria-label", re.compile("by activations$"))
    expect(page.locator("button.card").nth(1)).to_have_attribute("aria-label", re.compile("by learned features$"))
    page.get_by_role("button", name="all alike").click()
    expect(card).to_have_attribute("aria-label", re.compile("by learned features$"))


def test_a_cluster_can_have_its_own_class_order(watched: Watched) -> None:
    page = watched.page
    switch(page, "Activations")
    page.locator("button.card").last.hover()
    with page.expect_response(re.compile("class-order")) as answered:
        page.get_by_role("button", name="classes in this cluster's own order").click()
    assert sorted(answered.value.json()) == list(range(10))
    expect(page).to_have_url(re.compile("ordered="))


def test_the_large_matrix_is_read_by_keyboard(watched: Watched, served_run: ServedRun) -> None:
    plot = open_matrix(watched, served_run)
    plot.focus()
    said = plot.locator("[aria-live]")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        plot.press(key)
    layer = served_run.layers[deep_layer(served_run)]
    neuron = [neuron for cluster in layer.clusters for neuron in cluster.neurons][1]
    name = served_run.scene.classes[served_run.scene.class_order[1]].name
    expect(said).to_have_text(
        re.compile(rf"^neuron {neuron} · {name}: [\d.]+ mean activation; colours from [\d.]+ to [\d.]+$")
    )
    plot.press("Shift+ArrowDown")
    picked = watched.page.get_by_role("region", name="What is picked")
    expect(picked).to_contain_text("2 neurons")
    plot.press("Enter")
    expect(watched.page).to_have_url(re.compile(r"neuron=\d+"))
    plot.press("Escape")
    expect(picked).to_have_count(0)
    plot.press("Escape")
    expect(watched.page.locator("button.card").first).to_be_visible()


def test_the_matrix_is_read_as_a_table_too(watched: Watched, served_run: ServedRun) -> None:
    open_matrix(watched, served_run)
    page, layer = watched.page, served_run.layers[deep_layer(served_run)]
    page.get_by_role("button", name="Numbers").click()
    table = page.get_by_role("table")
    expect(table).to_contain_text("mean activation")
    neurons = [str(neuron) for cluster in layer.clusters for neuron in cluster.neurons]
    rows = table.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows.get_by_role("button")).to_have_text(neurons)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads[1:] == [served_run.scene.classes[index].name for index in served_run.scene.class_order]
    values = read_run(served_run.path).statistics.unit(layer.layer).after_mean
    first = [float(text) for text in rows.first.get_by_role("cell").all_inner_texts()]
    expected = values[list(served_run.scene.class_order), int(neurons[0])]
    np.testing.assert_allclose(first, expected, rtol=0.06, atol=0.006)  # two figures are shown
    rows.first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(rf"neuron={neurons[0]}(&|$)"))
    page.get_by_role("button", name="Numbers").click()
    page.locator("canvas[data-drawn]").wait_for()


def test_what_is_dragged_over_is_picked_everywhere(watched: Watched, served_run: ServedRun) -> None:
    plot = open_matrix(watched, served_run, "contributions")
    box = plot.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    mouse = watched.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 60, y + 40, steps=4)
    mouse.up()
    expect(watched.page.get_by_role("region", name="What is picked")).to_contain_text("contribution to the class score")
    watched.page.get_by_role("button", name="Back to the picture").click()
    expect(watched.page.locator(".class.marked")).not_to_have_count(0)


def test_a_link_opens_the_same_part_of_the_same_matrix(
    watched: Watched, served_run: ServedRun, browser: Browser
) -> None:
    plot = open_matrix(watched, served_run, "contributions")
    page, box = watched.page, plot.bounding_box()
    assert box is not None
    whole = plot.screenshot()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"])
    for _ in range(4):
        page.mouse.wheel(0, -240)
    expect(page).to_have_url(re.compile("cells="))
    page.mouse.move(2, 2)
    page.wait_for_timeout(SETTLED)
    part = plot.screenshot()
    assert not compare(shrink(part), shrink(whole)).alike
    other = browser.new_page(viewport={"width": 1280, "height": 800})
    other.goto(page.url)
    other.locator("canvas[data-drawn=contributions]").wait_for()
    other.wait_for_timeout(SETTLED)
    assert compare(shrink(other.get_by_role("application").screenshot()), shrink(part)).alike
    other.close()
    page.get_by_role("button", name="Numbers").click()
    expect(page).to_have_url(re.compile("numbers="))
    page.go_back()
    page.locator("canvas[data-drawn]").wait_for()
    expect(page).not_to_have_url(re.compile("numbers="))


def test_a_cell_under_the_pointer_says_neuron_class_and_value(watched: Watched, served_run: ServedRun) -> None:
    plot = open_matrix(watched, served_run)
    box = plot.bounding_box()
    assert box is not None
    watched.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    tip = plot.get_by_role("tooltip")
    expect(tip).to_contain_text(re.compile(r"neuron \d+ · [a-z]+"))
    expect(tip).to_contain_text(re.compile(r"[\d.]+ mean activation"))


def test_close_up_a_tile_shows_whole_images(watched: Watched) -> None:
    page = watched.page
    box = page.locator("button.card .tiles").last.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    with page.expect_response(re.compile(r"/image\?")):
        for _ in range(8):
            page.mouse.wheel(0, -300)
            page.wait_for_timeout(40)
