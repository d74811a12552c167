"""A network of 110 layers, every group opened to its blocks: fifty-six columns that stay readable."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import cnnvis
from tests.browser.conftest import Watched, drawn
from tests.browser.labels import overlapping
from tests.browser.serving import serving

pytestmark = pytest.mark.slow

BLOCKS = 56
IMAGES = 64


@pytest.fixture(scope="module")
def deep(shared_data: Path, built_page: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Address of the analysed network with all groups opened, and how many columns it then has."""
    specification = importlib.util.spec_from_file_location("users_networks", shared_data / "networks.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (IMAGES, 32, 32, 3), np.uint8)
    to = tmp_path_factory.mktemp("deep") / "resnet110"
    cnnvis.analyze(module.CifarResNetA(18).eval(), (pixels, np.arange(IMAGES) % 10), to=to, progress=False)
    with serving([to]) as (address, shelf):
        groups = [group for group in shelf.studio("resnet110").scene.groups if len(group.blocks) > 1]
        opened = "&".join(f"open={group.id}" for group in groups)
        yield f"{address}#/run/resnet110?{opened}", sum(len(group.blocks) for group in groups)


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, deep: tuple[str, int], request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    watched = Watched(context.new_page(), deep[0].partition("#")[0])
    watched.page.goto(deep[0])
    drawn(watched.page, timeout=60_000)
    yield watched.page
    context.close()
    assert watched.problems == []


def test_every_block_is_a_column_that_can_be_read(page: Page, deep: tuple[str, int]) -> None:
    assert deep[1] >= BLOCKS - 1
    heads = page.locator(".heads h2")
    titles: set[str] = set()
    # Columns beyond the window are reached by panning; what is there lies apart.
    for _ in range(40):
        titles |= set(heads.all_inner_texts())
        assert overlapping(page) == []
        if "layer3.17" in " ".join(titles):
            break
        page.mouse.move(500, 400)
        page.mouse.wheel(700, 0)
        page.wait_for_timeout(300)
    assert len({title for title in titles if "layer" in title}) >= BLOCKS - 4
    expect(page.get_by_role("region", name="Connections").get_by_role("status")).to_contain_text("connections")
