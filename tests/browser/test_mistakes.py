"""From a class to its mistakes, to the clusters that answer otherwise, on the page of a real run."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ServedRun, Watched

pytestmark = pytest.mark.browser


def details(watched: Watched) -> Locator:
    return watched.page.get_by_role("complementary", name="Details")


def choose_class(watched: Watched, served_run: ServedRun, index: int) -> str:
    name = served_run.scene.classes[index].name
    watched.page.locator(f"[data-label='{index}']").click()
    expect(details(watched).get_by_role("heading", name="Mistakes")).to_be_visible()
    return name


def comparison(watched: Watched) -> Locator:
    return details(watched).get_by_role("region", name="Comparison")


def test_two_classes_are_compared_and_the_link_holds_it(watched: Watched, served_run: ServedRun) -> None:
    first = choose_class(watched, served_run, 3)
    second = served_run.scene.classes[0].name
    details(watched).get_by_role("combobox", name=f"Compare {first} with").select_option(label=second)
    expect(comparison(watched).get_by_role("heading", name=f"{first} and {second}")).to_be_visible()
    expect(watched.page).to_have_url(re.compile("pair=3-other-0"))
    rows = comparison(watched).get_by_role("rowheader")
    expect(rows.first).to_be_visible()
    rows.first.get_by_role("button").click()
    expect(watched.page).to_have_url(re.compile("cluster="))
    expect(comparison(watched)).to_be_visible()
    watched.page.reload()
    expect(comparison(watched).get_by_role("rowheader").first).to_be_visible()
    pictures = comparison(watched).locator("img")
    expect(pictures.first).to_be_visible()
    expect(comparison(watched).get_by_role("button", name=re.compile(", image \\d+$")).first).to_be_visible()
    assert pictures.first.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 0
    comparison(watched).get_by_role("button", name="Close the comparison").click()
    expect(comparison(watched)).to_have_count(0)
    watched.page.go_back()
    expect(comparison(watched)).to_be_visible()


def test_clusters_that_differ_are_lit_in_the_picture(watched: Watched, served_run: ServedRun) -> None:
    choose_class(watched, served_run, 3)
    second = served_run.scene.classes[0].name
    details(watched).get_by_role("combobox", name=re.compile("^Compare")).select_option(label=second)
    rows = comparison(watched).get_by_role("rowheader")
    expect(rows.first).to_be_visible()
    named = {" ".join(text.split()) for text in rows.all_inner_texts()}
    opacities = "cards => cards.map(card => [card.dataset.layer, card.dataset.card, card.style.opacity || '1'])"
    cards = watched.page.locator("button.card[data-card]").evaluate_all(opacities)
    titles = {
        (layer.layer, cluster.id): f"{cluster.title} in {title}"
        for title, layer in ((group.title, served_run.layers[group.layer]) for group in served_run.scene.groups)
        for cluster in layer.clusters
    }
    lit = {titles[layer, card] for layer, card, opacity in cards if float(opacity) == 1}
    assert lit == named


def test_a_mistake_leads_to_its_images(watched: Watched, served_run: ServedRun) -> None:
    wrong = min(served_run.scene.classes, key=lambda one: one.recall or 0)
    choose_class(watched, served_run, wrong.index)
    mistake = details(watched).locator("ul button", has_text="image").first
    mistake.click()
    expect(comparison(watched).get_by_role("heading", name="taken for")).to_be_visible()
    expect(comparison(watched)).to_contain_text(re.compile("probe image"))
    expect(comparison(watched).get_by_role("heading", name="taken for")).to_be_in_viewport()


def test_the_telling_mistake_opens_its_comparison(watched: Watched, served_run: ServedRun) -> None:
    fact = next(fact for fact in served_run.scene.telling if fact.answer is not None)
    watched.page.get_by_role("button", name=fact.text).click()
    expect(comparison(watched).get_by_role("heading", name="taken for")).to_be_visible()
    expect(watched.page).to_have_url(re.compile(f"pair={fact.label}-right-{fact.answer}"))
