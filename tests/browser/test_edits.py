"""Clusters are the user's: each gesture by mouse and by keyboard, kept over a reload, seen in every window."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cnnvis.schema.scene import LayerScene, Scene
from cnnvis.serve.runs import RunShelf
from tests.browser.axe import require_axe, violations_in_both
from tests.browser.conftest import ServedRun, Watched, drawn
from tests.browser.serving import serving

pytestmark = pytest.mark.browser


class Editing:
    """A run of one's own in one window, or in several."""

    def __init__(self, browser: Browser, address: str, shelf: RunShelf) -> None:
        self.address = address
        self._browser = browser
        self._studio = shelf.studio("digits")
        scene = msgspec.json.decode(self._studio.scene_bytes(), type=Scene)
        self.layer = scene.groups[1].layer
        self.windows: list[Watched] = []
        self.page = self.window()

    def window(self) -> Page:
        context = self._browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        watched = Watched(context.new_page(), self.address)
        watched.page.goto(self.address)
        self.windows.append(watched)
        drawn(watched.page)
        return watched.page

    @property
    def now(self) -> LayerScene:
        return self._studio.layer(self.layer)

    def words(self) -> list[str]:
        return [entry.words for entry in self._studio.edits.history().entries if entry.done]

    def card(self, place: int, page: Page | None = None) -> Locator:
        """A card of the layer, from top to bottom."""
        return self.cards(page).nth(place)

    def cards(self, page: Page | None = None) -> Locator:
        return (page or self.page).locator(f'button.card[aria-label*=" of {self.layer},"]')


@pytest.fixture
def editing(
    browser: Browser, served_run: ServedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Editing]:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    shutil.copytree(served_run.path, tmp_path / "digits")
    with serving([tmp_path / "digits"]) as (address, shelf):
        found = Editing(browser, address, shelf)
        yield found
        for window in found.windows:
            window.page.context.close()
    assert [problem for window in found.windows for problem in window.problems] == []


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=3)
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def members(scene: LayerScene) -> set[frozenset[int]]:
    return {frozenset(cluster.neurons) for cluster in scene.clusters}


def test_a_neuron_is_dragged_to_another_cluster_and_back_again(editing: Editing) -> None:
    page, before = editing.page, members(editing.now)
    tiles = editing.card(0).locator(".tiles").bounding_box()
    assert tiles is not None
    drag(page, (tiles["x"] + 12, tiles["y"] + 12), middle(editing.card(1)))
    undo = page.get_by_role("button", name=re.compile("^Undo: moved neuron"))
    expect(undo).to_be_enabled()
    after = members(editing.now)
    assert len(before ^ after) in (3, 4)  # two clusters are others now; an empty one is gone
    page.reload()
    editing.card(0).wait_for()
    expect(undo).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name=re.compile("^Redo: moved neuron"))).to_be_enabled()
    assert members(editing.now) == before
    page.keyboard.press("Control+Shift+z")
    expect(undo).to_be_enabled()
    assert members(editing.now) == after


def test_an_edited_run_can_be_read_by_everybody(editing: Editing) -> None:
    require_axe()
    page = editing.page
    tiles = editing.card(0).locator(".tiles").bounding_box()
    assert tiles is not None
    drag(page, (tiles["x"] + 12, tiles["y"] + 12), middle(editing.card(1)))
    expect(page.get_by_role("button", name=re.compile("^Undo: moved neuron"))).to_be_enabled()
    # What needs the network again is paler now.
    expect(page.get_by_role("button", name=re.compile("not known yet"))).to_be_visible()
    assert violations_in_both(page) == {}


def test_a_title_is_dragged_onto_another_card_to_merge_both(editing: Editing) -> None:
    before, count = members(editing.now), editing.cards().count()
    title = editing.card(0).locator(".title")
    drag(editing.page, middle(title), middle(editing.card(1)))
    expect(editing.cards()).to_have_count(count - 1)
    merged = members(editing.now) - before
    assert [sum(neuron in cluster for cluster in before for neuron in cluster) > 1 for cluster in merged] == [True]


def test_everything_can_be_done_by_keyboard(editing: Editing) -> None:
    page, card = editing.page, editing.card(0)
    count = editing.cards().count()
    card.focus()
    page.keyboard.press("F2")
    page.keyboard.type("round ones")
    page.keyboard.press("Enter")
    named = editing.cards().filter(has_text="round ones")
    expect(named).to_be_visible()
    named.focus()
    page.keyboard.press("l")
    expect(page.get_by_role("button", name=re.compile("^Undo: locked"))).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name=re.compile("^Undo: named"))).to_be_enabled()
    named.focus()
    page.keyboard.press("s")
    expect(editing.cards()).to_have_count(count + 1)
    assert len(editing.words()) == 2
    page.keyboard.press("h")
    history = page.get_by_role("region", name="All edits")
    expect(history).to_contain_text("round ones")
    history.get_by_role("button", name=re.compile("^Go back to: the clusters as")).click()
    expect(editing.cards()).to_have_count(count)
    assert editing.words() == []


def test_two_windows_see_each_other(editing: Editing) -> None:
    other = editing.window()
    editing.card(0).focus()
    editing.page.keyboard.press("F2")
    editing.page.keyboard.type("from the first window")
    editing.page.keyboard.press("Enter")
    expect(editing.cards(other).filter(has_text="from the first window")).to_be_visible()
    other.get_by_role("button", name=re.compile("^Undo: ")).click()
    expect(editing.cards().filter(has_text="from the first window")).to_have_count(0)
    assert editing.words() == []


def test_another_grouping_is_looked_at_before_it_is_taken(editing: Editing) -> None:
    before = members(editing.now)
    editing.card(0).focus()
    editing.page.keyboard.press("g")
    dialog = editing.page.get_by_role("region", name=re.compile("Group"))
    expect(dialog).to_be_visible()
    assert members(editing.now) == before
    editing.page.keyboard.press("Escape")
    assert editing.words() == []


def test_a_served_run_that_is_only_shown_offers_no_edits(
    browser: Browser, served_run: ServedRun, tmp_path: Path
) -> None:
    shutil.copytree(served_run.path, tmp_path / "digits")
    with serving([tmp_path / "digits"], read_only=True) as (address, _):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(address)
        drawn(page)
        expect(page.get_by_role("group", name="Edits")).to_have_count(0)
        context.close()


MAKE_EDITS = """async ({ layer, neurons, ids, count }) => {
    const send = async (edit, revision) => {
        const answer = await fetch("api/runs/digits/edits", {
            method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ edit, revision }),
        });
        if (!answer.ok) throw new Error(await answer.text());
        return (await answer.json()).revision;
    };
    let revision = 0;
    for (let made = 0; made < count; made++) {
        const edit = made % 50 === 0
            ? { type: "rename", layer, cluster: ids[made % ids.length], name: `name ${made}` }
            : { type: "note", layer, neuron: neurons[made % neurons.length], text: `note ${made}` };
        revision = await send(edit, revision);
    }
}"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_edits_are_undone_and_redone_by_key(editing: Editing) -> None:
    page, layer, count = editing.page, editing.layer, 1000
    before = editing.now
    ids = [cluster.id for cluster in before.clusters]
    neurons = [cluster.neurons[0] for cluster in before.clusters]
    page.evaluate(MAKE_EDITS, {"layer": layer, "neurons": neurons, "ids": ids, "count": count})
    assert len(editing.words()) == count
    after = editing.now
    assert after != before
    undo, redo = (page.get_by_role("button", name=re.compile(f"^{word}")) for word in ("Undo", "Redo"))
    # The page learns of edits that it did not make a moment later; before that it would be told that it is too late.
    expect(undo).to_have_attribute("aria-label", f"Undo: {editing.words()[-1]}", timeout=60_000)
    for _ in range(count):
        page.keyboard.press("Control+z")
    expect(undo).to_be_disabled(timeout=60_000)
    assert editing.words() == []
    assert editing.now == before
    page.reload()
    expect(undo).to_be_disabled()
    expect(redo).to_be_enabled()
    for _ in range(count):
        page.keyboard.press("Control+Shift+z")
    expect(redo).to_be_disabled(timeout=60_000)
    assert len(editing.words()) == count
    assert editing.now == after
