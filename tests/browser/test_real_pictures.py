"""The pictures of trained networks on real images: what must be on the screen, in both themes and at every facet.

Their photographs are no references, since a network's clusters may change with every improvement of the analysis.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Locator

from cnnvis.schema.scene import LayerScene, Scene
from tests.browser.conftest import PAGE, Watched
from tests.browser.gallery import ROOT, THEMES
from tests.browser.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NETWORKS = {"resnet20": 500, "mobilenet_v2": 60}
"""Networks of the shared data, and how many images are enough for a picture with every kind of mark in it."""
SIZES = ((1280, 800), (1440, 900))
SETTLED = 700


@pytest.fixture(scope="module", params=sorted(NETWORKS))
def real(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Scene, dict[str, LayerScene]]]:
    """The address of one network's run, its scene, and the layers its picture shows."""
    pytest.importorskip("torch", reason="making a run needs PyTorch")
    if not PAGE.is_file():
        pytest.skip("the page is not built (make page)")
    name, folder = request.param, tmp_path_factory.mktemp("known")
    program = [sys.executable, "examples/known_networks.py", str(shared_data), name, "-o", str(folder)]
    done = subprocess.run(
        [*program, "--limit", str(NETWORKS[name])], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with serving([folder / name]) as (address, shelf):
        studio = shelf.studio(name)
        scene = msgspec.json.decode(studio.scene_bytes(), type=Scene)
        shown = [group.layer for group in scene.groups]
        yield address, scene, {one: msgspec.json.decode(studio.layer_bytes(one), type=LayerScene) for one in shown}


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
    real: tuple[str, Scene, dict[str, LayerScene]], browser: Browser, theme: str, size: tuple[int, int]
) -> None:
    address, scene, layers = real
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    watched = Watched(context.new_page(), address)
    page = watched.page
    page.goto(address)
    cards = page.locator("button.card:not(.pending)")
    cards.first.wait_for()
    page.wait_for_timeout(SETTLED)
    assert page.locator(".world h2").count() >= min(3, len(scene.groups))
    titles = {cluster.title for layer in layers.values() for cluster in layer.clusters}
    assert set(page.locator("button.card .title").all_inner_texts()) <= titles
    for facet in ("Features", "Activations", "Contributions"):
        page.get_by_role("group", name="How clusters are drawn").get_by_role("button", name=facet).click()
        page.wait_for_timeout(2 * SETTLED)
        drawn = [colours(canvas) for canvas in page.locator("button.card canvas").all()]
        assert drawn, facet
        # Beyond a few dead clusters, every card on the screen has a drawing of many colours.
        assert sum(count > 3 for count in drawn) >= 0.7 * len(drawn), facet
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert watched.problems == []
    assert watched.elsewhere == []
