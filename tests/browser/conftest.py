"""A small real run behind the real server, and pages that remember what went wrong in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, Request, expect, sync_playwright

from cnnvis.schema.scene import LayerScene, Scene
from tests.browser.digits import analyze_digits
from tests.browser.gallery import FONT, has_font
from tests.browser.serving import serving

PAGE = Path(__file__).parents[2] / "src" / "cnnvis" / "serve" / "page" / "index.html"


expect.set_options(timeout=15_000)  # milliseconds: what a busy machine takes, not what a person waits for


@dataclass(frozen=True)
class ServedRun:
    """Where a run is served, and what the page should show of it."""

    address: str
    path: Path
    scene: Scene
    layers: dict[str, LayerScene]


@dataclass
class Watched:
    """A page with every console error, exception and request it made."""

    page: Page
    origin: str
    problems: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", f"blob:{self.origin}")):
            self.elsewhere.append(request.url)


def rest(page: Page) -> None:
    """Wait until a page has got nothing new for half a second: its wait for the next edit never ends."""
    page.evaluate(
        """async () => {
            for (let seen = -1, now = 0; seen !== now; ) {
                seen = now;
                await new Promise(done => setTimeout(done, 500));
                now = performance.getEntriesByType("resource").length;
            }
        }"""
    )


def drawn(page: Page | FrameLocator, *, timeout: float | None = None) -> None:
    """Wait until the picture is there, in all its columns: cards come column by column, and what counts them or walks
    through them by keyboard must not begin before the last."""
    page.locator("button.card").first.wait_for()
    expect(page.locator(".skeleton")).to_have_count(0, timeout=timeout)


@pytest.fixture(scope="session")
def built_page() -> None:
    """Skip where there is no page to serve."""
    if not PAGE.is_file():
        pytest.skip("the page is not built (make page)")


@pytest.fixture(scope="session")
def served_run(built_page: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedRun]:
    """Analyse a small network on handwritten digits and serve the run on a free port."""
    pytest.importorskip("torch", reason="making a run needs PyTorch")
    path = tmp_path_factory.mktemp("runs") / "digits"
    analyze_digits(path)
    with serving([path]) as (address, shelf):
        studio = shelf.studio("digits")
        scene = msgspec.json.decode(studio.scene_bytes(), type=Scene)
        shown = [group.layer for group in scene.groups]
        layers = {layer: msgspec.json.decode(studio.layer_bytes(layer), type=LayerScene) for layer in shown}
        yield ServedRun(address, path, scene, layers)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def font(browser: Browser) -> None:
    """Skip where the font is missing that references are photographed in."""
    page = browser.new_page()
    there = has_font(page)
    page.close()
    if not there:
        pytest.skip(f"no font {FONT} here (Debian: apt install fonts-dejavu-core)")


@pytest.fixture
def watched(browser: Browser, served_run: ServedRun) -> Iterator[Watched]:
    """A page at 1280 x 800 that has opened the run; at the end it must have made no complaint."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), served_run.address)
    watched.page.goto(served_run.address)
    drawn(watched.page)
    yield watched
    context.close()
    assert watched.problems == []
    assert watched.elsewhere == []
