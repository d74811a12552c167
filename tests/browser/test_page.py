"""The page on a real run: what a person sees first, and what happens on a click."""

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ServedRun, Watched, drawn, rest
from tests.browser.serving import serving

pytestmark = pytest.mark.browser


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_head_says_which_run_it_is(watched: Watched, served_run: ServedRun) -> None:
    run = served_run.scene.run
    expect(watched.page).to_have_title(f"{run.name} · cnnvis")
    expect(watched.page.locator("header")).to_contain_text(f"{run.images_seen:,} images")
    assert run.accuracy is not None
    expect(watched.page.locator("header")).to_contain_text(f"{100 * run.accuracy:.2f} %")


def test_there_is_a_column_for_the_input_and_for_every_layer_group(watched: Watched, served_run: ServedRun) -> None:
    heads = watched.page.locator(".heads h2")
    expect(heads).to_have_text(["input", *(group.title for group in served_run.scene.groups)])


def test_every_cluster_is_a_card_with_its_number_of_neurons(watched: Watched, served_run: ServedRun) -> None:
    hidden = [group.layer for group in served_run.scene.groups if not group.output]
    clusters = [cluster for layer in hidden for cluster in served_run.layers[layer].clusters]
    expect(watched.page.locator("button.card")).to_have_count(len(clusters))
    counts = sorted(int(text) for text in watched.page.locator("button.card .count").all_inner_texts())
    assert counts == sorted(len(cluster.neurons) for cluster in clusters)
    expect(watched.page.locator(".class")).to_have_count(10)


def test_the_tiles_are_really_drawn(watched: Watched) -> None:
    # A function, not an expression: the page's content security policy allows no evaluation of strings. The pixels are
    # read from a copy, since reading the page's own canvas again and again makes the browser warn.
    watched.page.wait_for_function(
        """() => [...document.querySelectorAll(".card .tiles canvas")].some((canvas) => {
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            return new Set(context.getImageData(0, 0, copy.width, copy.height).data).size > 8;
        })"""
    )


def test_a_click_on_a_card_shows_the_cluster(watched: Watched) -> None:
    card = watched.page.locator("button.card").first
    title = (card.get_attribute("aria-label") or "").partition(":")[0]
    card.locator(".title").click()
    details = watched.page.get_by_role("complementary", name="Details")
    expect(details.locator("h2")).to_have_text(title)
    expect(details).to_contain_text("neuron")
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(watched.page).to_have_url(re.compile("cluster="))


def test_a_neuron_shows_its_images_and_back_goes_back(watched: Watched) -> None:
    page = watched.page
    page.locator("button.card .title").first.click()
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name=re.compile("^Neuron")).first.click()
    expect(details.locator("h2")).to_have_text(re.compile(r"^Neuron \d+$"))
    expect(details.get_by_role("img").first).to_be_visible()
    expect(details.get_by_text("Mean activation by class")).to_be_visible()
    page.go_back()
    expect(details.get_by_text("What they look for")).to_be_visible()
    page.go_back()
    expect(details.locator("h2")).to_have_text("Start here")


def test_a_link_opens_the_same_view(watched: Watched, browser: Browser) -> None:
    watched.page.locator("button.card .title").first.click()
    expect(watched.page).to_have_url(re.compile("cluster="))
    other = browser.new_page()
    other.goto(watched.page.url)
    title = watched.page.locator("aside h2").inner_text()
    expect(other.locator("aside h2")).to_have_text(title)
    other.close()


def test_the_layer_graph_names_layers_and_shapes(watched: Watched, served_run: ServedRun) -> None:
    group = served_run.scene.groups[0]
    watched.page.get_by_role("button", name=f"Show the layer graph of {group.title}").click()
    graph = watched.page.get_by_role("region", name="Layer graph")
    expect(graph).to_contain_text("conv2d 3 × 3")
    expect(graph).to_contain_text("8 × 16 × 16")
    # Lines are not there for everybody: the same as a table.
    rows = graph.get_by_role("table", name="What leads where").get_by_role("row")
    assert rows.count() == 1 + graph.locator(".canvas > svg path").count()
    assert all(len(row.inner_text().split("\t")) == 3 and row.inner_text().strip() for row in rows.all())


def test_a_column_is_opened_by_click_however_narrow_it_is(watched: Watched, served_run: ServedRun) -> None:
    """The sign of the layer graph, which comes at the pointer, lay over the sign that opens the column."""
    page = watched.page
    for zoom in (1, 0.5, 0.3, 0.2):
        page.goto(f"{served_run.address}#/run/digits?zoom={zoom},0,0")
        expect(page.get_by_label("Zoom level")).to_have_text(f"{100 * zoom:.0f} %")
        for sign in page.locator(".head .sign").all():
            sign.locator("xpath=../..").hover(position={"x": 4, "y": 30})
            sign.click(trial=True, timeout=3000)


def test_everything_works_by_keyboard(watched: Watched) -> None:
    page = watched.page
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("aside h2")).not_to_have_text("Start here")
    # One is inside the card now: the arrows go from neuron to neuron.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("aside h2")).to_have_text(re.compile(r"^Neuron \d+$"))
    # Out of the card, then up from the neuron to its cluster, to the layer, to the whole.
    for _ in range(4):
        page.keyboard.press("Escape")
    expect(page.locator("aside h2")).to_have_text("Start here")
    before = page.get_by_label("Zoom level").inner_text()
    page.keyboard.press("+")
    expect(page.get_by_label("Zoom level")).not_to_have_text(before)
    page.keyboard.press("0")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_colours_follow_the_system_until_the_user_chooses(watched: Watched) -> None:
    page = watched.page
    light = background(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("before => getComputedStyle(document.body).backgroundColor !== before", arg=light)
    page.get_by_role("button", name="light colours").click()
    page.wait_for_function("before => getComputedStyle(document.body).backgroundColor === before", arg=light)


def test_a_missing_run_says_what_to_do(browser: Browser, served_run: ServedRun) -> None:
    page = browser.new_page()
    page.goto(f"{served_run.address}#/run/nowhere")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.close()


def test_the_page_works_behind_a_proxy_prefix(browser: Browser, served_run: ServedRun) -> None:
    """JupyterHub and others serve it below /proxy/PORT/: every address must be relative."""
    page = browser.new_page()
    prefix = f"{served_run.address}proxy/8750/"
    page.route(
        f"{prefix}**",
        lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace("proxy/8750/", ""))),
    )
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(prefix) else outside.append(request.url))
    page.goto(prefix)
    drawn(page)
    rest(page)
    page.unroute_all(behavior="ignoreErrors")  # the page waits for the next edit, which will not come
    assert outside == []
    page.close()


def test_another_run_is_shown_when_it_is_chosen(browser: Browser, served_run: ServedRun, tmp_path: Path) -> None:
    second = tmp_path / "second"
    shutil.copytree(served_run.path, second)
    with serving([served_run.path, second]) as (address, _):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(15_000)
        watched = Watched(context.new_page(), address)
        watched.page.goto(f"{address}#/run/digits")
        drawn(watched.page)
        shown = watched.page.locator("button.card").count()
        watched.page.get_by_role("combobox", name="Run").select_option("second")
        expect(watched.page).to_have_url(re.compile("#/run/second"))
        expect(watched.page.locator("button.card")).to_have_count(shown)
        context.close()
    assert watched.problems == []


def test_a_run_that_was_stopped_says_how_much_it_has_seen(
    browser: Browser, served_run: ServedRun, tmp_path: Path
) -> None:
    shutil.copytree(served_run.path, tmp_path / "partial")
    file = tmp_path / "partial" / "snapshots" / "0" / "snapshot.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(facts | {"complete": False, "images_total": 4000}), encoding="utf-8")
    with serving([tmp_path / "partial"]) as (address, _):
        page = browser.new_page()
        page.goto(address)
        chip = page.get_by_text(f"partial: {facts['images_seen']} of 4,000 images")
        expect(chip).to_be_visible()
        expect(chip).to_have_attribute("title", re.compile("--resume"))
        details = page.get_by_role("complementary", name="Details")
        expect(details).to_contain_text(f"{facts['images_seen']} of 4,000")
        page.close()
