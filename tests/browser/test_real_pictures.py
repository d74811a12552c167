"""The pictures of trained networks on real images: what must be on the screen, in both themes and at every facet.

Two of them are compared with photographs as well, as long as the analysis finds the clusters that these were taken of.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import torch
from playwright.sync_api import Browser, FloatRect, Locator, expect

import cnnvis
from cnnvis.compose.cluster_links import ClusterLinks
from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import ConnectionScene, GapScene
from cnnvis.schema.scene import LayerScene
from studies.failed_training.network import TenConvolutions
from studies.failed_training.training import NAMES, cifar10
from tests.browser.conftest import PAGE, Watched
from tests.browser.gallery import PAUSE, THEMES, WEB
from tests.browser.labels import overlapping
from tests.browser.real import (
    ALLOWED,
    FACETS,
    IMAGES,
    PHOTOGRAPHED,
    RENEW,
    Blocks,
    Opened,
    analyze_known,
    coarse,
    comparable,
    opened,
    read_digests,
    read_reference,
)
from tests.browser.serving import serving
from tests.browser.snapshots import Comparison, compare

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAIN = "ten_convolutions"
"""The plain network of the study: its layers and their sizes make the picture, so that it is not trained here."""
SIZES = ((1280, 800), (1440, 900))
SETTLED = 700
CHANGED = WEB / "test-results" / "real"
"""Where the photograph of a picture that changed is left for the eye (ignored by git)."""
TRIES = 20
"""Photographs until a difference counts: on a busy machine a tile comes late."""


def analyze_plain(data: Path, to: Path) -> None:
    torch.manual_seed(0)
    images, labels = cifar10(data / "cifar10", "test", 500)
    cnnvis.analyze(TenConvolutions("mended"), (images, labels), to=to, class_names=NAMES, progress=False)


@pytest.fixture(scope="module", params=sorted([*IMAGES, PLAIN]))
def real(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Studio, dict[str, LayerScene]]]:
    """The address of one network's run, the run, and the layers its picture shows."""
    if not PAGE.is_file():
        pytest.skip("the page is not built (make page)")
    name, folder = request.param, tmp_path_factory.mktemp("known")
    if name == PLAIN:
        analyze_plain(shared_data, folder / name)
    else:
        analyze_known(name, shared_data, folder)
    with serving([folder / name]) as (address, shelf):
        studio = shelf.studio(name)
        yield address, studio, {one: studio.layer(one) for one in studio.columns()}


Drawn = tuple[str, str, int]


def links_of(gap: GapScene) -> list[Drawn]:
    """Return every connection that the gap draws, in bundles, in trunks or alone."""
    return [
        *((source, target, one.sign) for one in gap.bundles for source in one.sources for target in one.targets),
        *((one.source, one.target, one.sign) for one in gap.curves),
        *((one.sources[link.source], one.targets[link.target], one.sign) for one in gap.trunks for link in one.links),
    ]


def test_every_curve_is_a_real_connection_and_the_bar_counts_them(
    real: tuple[str, Studio, dict[str, LayerScene]], browser: Browser
) -> None:
    address, studio, layers = real
    columns = list(layers)
    members = {layer: [cluster.neurons for cluster in scene.clusters] for layer, scene in layers.items()}
    ids = {layer: [cluster.id for cluster in scene.clusters] for layer, scene in layers.items()}
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    for mode in ("weights", "contribution"):
        scene = msgspec.json.decode(studio.links.scene_bytes((), mode), type=ConnectionScene)
        stored = None if mode == "weights" else studio.run.contribution_connections
        found = ClusterLinks(studio.run).between({layer: tuple(members[layer]) for layer in columns}, stored)
        drawn = 0
        for gap in scene.gaps:
            links = found[gap.source, gap.target]
            pairs = links_of(gap)
            assert len(set(pairs)) == len(pairs) == gap.kept
            for source, target, sign in pairs:
                place = ids[columns[gap.source]].index(source), ids[columns[gap.target]].index(target)
                assert (links.positive if sign > 0 else -links.negative)[place] > 0
            drawn += len(gap.bundles) + len(gap.curves) + len(gap.trunks)
        per_gap = Counter(
            crossed
            for gap in scene.gaps
            for crossed in range(gap.source, gap.target)
            for _ in range(len(gap.bundles) + len(gap.curves) + len(gap.trunks))
        )
        assert max(per_gap.values()) <= 60
        page.goto(f"{address}#/run/{studio.run.path.name}?mode={mode}")
        status = page.get_by_role("region", name="Connections").get_by_role("status")
        expect(status).to_contain_text(f"{scene.kept:,} of {scene.total:,} connections")
        expect(status).to_contain_text(f"{scene.curves:,} curves")
        field = page.locator("[data-curves]")
        expect(field).to_have_attribute("data-curves", str(scene.curves))
        expect(field).to_have_attribute("data-items", str(drawn))
    # What is said of a connection leaves what it joins in sight.
    page.locator("[data-node]").first.hover(force=True)
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("of the weight into")
    assert tip.inner_text().count("%") == 1
    covered = tip.bounding_box()
    lit = [card.bounding_box() for card in page.locator("button.card").all() if opacity(card) == 1]
    assert covered is not None
    assert 0 < len(lit) < page.locator("button.card").count()
    assert sum(overlap(covered, box) for box in lit if box is not None) < 0.5 * covered["width"] * covered["height"]
    context.close()


def opacity(card: Locator) -> float:
    return float(card.evaluate("card => getComputedStyle(card).opacity"))


def overlap(one: FloatRect, other: FloatRect) -> float:
    """Return the area that two boxes share."""
    wide = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    high = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return max(wide, 0.0) * max(high, 0.0)


def colours(canvas: Locator) -> int:
    return canvas.evaluate(
        """canvas => {
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            return new Set(new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
        }"""
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("theme", THEMES)
def test_every_facet_of_a_real_network_is_drawn(
    real: tuple[str, Studio, dict[str, LayerScene]], browser: Browser, theme: str, size: tuple[int, int]
) -> None:
    address, studio, layers = real
    scene = studio.scene
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    watched = Watched(context.new_page(), address)
    page = watched.page
    page.goto(address)
    cards = page.locator("button.card:not(.pending)")
    cards.first.wait_for()
    page.wait_for_timeout(SETTLED)
    # All of it on one screen: a head for the input and for every group, none of them beyond the right edge.
    heads = [head.bounding_box() for head in page.locator(".heads h2").all()]
    stage = page.locator(".heads").bounding_box()
    assert stage is not None
    assert len(heads) == 1 + len(scene.groups)
    assert all(head is not None and head["x"] + 20 < stage["x"] + stage["width"] for head in heads)
    titles = {cluster.title for layer in layers.values() for cluster in layer.clusters}
    named = page.locator("button.card").evaluate_all("cards => cards.map((card) => card.getAttribute('aria-label'))")
    assert {name.partition(":")[0] for name in named} <= titles
    for facet in ("Features", "Activations", "Contributions"):
        page.get_by_role("group", name="How clusters are drawn").get_by_role("button", name=facet).click()
        page.wait_for_timeout(2 * SETTLED)
        drawn = [colours(canvas) for canvas in page.locator(".card .tiles canvas").all()]
        assert drawn, facet
        # Beyond a few dead clusters, every card on the screen has a drawing of many colours.
        assert sum(count > 3 for count in drawn) >= 0.7 * len(drawn), facet
        assert overlapping(page) == [], facet
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert watched.problems == []
    assert watched.elsewhere == []


@pytest.fixture
def untouched(
    real: tuple[str, Studio, dict[str, LayerScene]], browser: Browser, font: None, theme: str, tmp_path: Path
) -> Iterator[tuple[str, Opened]]:
    """The network's name and its picture as nobody has touched it; skips where the references are of another one."""
    run = real[1].run.path
    known = read_digests().get(run.name)
    assert known is not None, f"{run.name} has no references: {RENEW} {run.name}"
    with opened(browser, run, theme, tmp_path) as picture:
        if picture.digest != known:
            pytest.skip(
                f"the analysis of {run.name} gives other clusters here than in the references, as another processor "
                f"may. If the analysis was changed, look at the picture and renew them: {RENEW} {run.name}"
            )
        yield run.name, picture
        assert picture.watched.problems == []
        assert picture.watched.elsewhere == []


def reference(name: str, facet: str, theme: str) -> Blocks:
    stored = read_reference(name, facet, theme)
    assert stored is not None, f"{name} has no reference of its {facet} in the {theme} theme: {RENEW} {name}"
    return stored


def against(picture: Opened, stored: Blocks) -> tuple[bytes, Comparison]:
    """Photograph a picture and compare it with a reference."""
    png = picture.photograph()
    return png, compare(comparable(coarse(png)), comparable(stored))


def changed(picture: Opened, stored: Blocks) -> bool:
    return against(picture, stored)[1].share > ALLOWED


def difference(name: str, picture: Opened, facet: str, theme: str) -> str:
    """Show a facet and say how it differs from its reference; nothing where it does not."""
    stored = reference(name, facet, theme)
    picture.show(facet)
    # What has come to rest may still be waiting for a tile, so a difference is given time to go away.
    for _ in range(TRIES):
        png, comparison = against(picture, stored)
        if comparison.share <= ALLOWED:
            return ""
        picture.watched.page.wait_for_timeout(PAUSE)
    left = CHANGED / f"{name}-{facet}-{theme}.png"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(png)
    return f"{facet}: {100 * comparison.share:.1f} % changed, {comparison.where}: see {left}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("real", PHOTOGRAPHED, indirect=True)
def test_a_real_picture_looks_as_it_did(untouched: tuple[str, Opened], theme: str) -> None:
    name, picture = untouched
    found = [difference(name, picture, facet, theme) for facet in FACETS]
    assert not any(found), f"{'; '.join(filter(None, found))}; if that is meant, look at it and renew: {RENEW} {name}"


@pytest.mark.parametrize("theme", ["light"])
@pytest.mark.parametrize("real", ["resnet20"], indirect=True)
def test_a_hidden_card_and_another_facet_are_noticed(untouched: tuple[str, Opened], theme: str) -> None:
    name, picture = untouched
    stored = {facet: reference(name, facet, theme) for facet in FACETS}
    for facet in FACETS:
        picture.show(facet)
        assert [other for other in FACETS if not changed(picture, stored[other])] == [facet]
    canvases = picture.watched.page.locator(".card .tiles canvas")
    for place in (4, canvases.count() - 2):
        canvases.nth(place).evaluate("canvas => { canvas.style.visibility = 'hidden'; }")
        assert changed(picture, stored[FACETS[-1]])
        canvases.nth(place).evaluate("canvas => { canvas.style.visibility = ''; }")
    assert not changed(picture, stored[FACETS[-1]])
