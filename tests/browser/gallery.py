"""The gallery, built and photographed: every state of every view, without a server and without a network.

``python -m tests.browser.gallery [STATE ...]`` renews the references, of the named states or of all.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.browser.snapshots import shrink

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
REFERENCES = Path(__file__).with_name("references")
THEMES = ("light", "dark")
STATES = tuple(sorted(path.stem for path in (WEB / "gallery" / "states").glob("*.ts")))
FONT = "DejaVu Sans"
"""References are photographed in one font, since words of another take other room and move what stands below them."""
PAUSE = 300
"""Milliseconds between two photographs that must be the same for a state to have come to rest."""
PATIENCE = 60
"""Photographs after which a state that still changes is taken as it is."""


def build_gallery(to: Path) -> str | None:
    """Build the gallery into a folder; a sentence that says why that is impossible here, or None."""
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").is_dir():
        return "the gallery needs Node.js and `npm ci` in web/"
    command = [npm, "run", "--silent", "build-gallery", "--", "--outDir", str(to), "--logLevel", "error"]
    subprocess.run(command, cwd=WEB, check=True)
    return None


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (the base class names it)
        """Say nothing: a test's output is its failures."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def still_context(browser: Browser) -> BrowserContext:
    """Return a context in which nothing moves by itself and every state has its own size."""
    return browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")


def open_state(page: Page, address: str, state: str, theme: str) -> Locator:
    """Show one state alone; returns the element it stands in."""
    page.goto(f"{address}gallery/index.html?theme={theme}&only={state}&font={FONT}")
    place = page.locator(f"figure[id='{state}'] .state")
    place.wait_for()
    return place


def has_font(page: Page) -> bool:
    """Tell whether this machine has the references' font: without it, words are as wide as in the one used instead."""
    return page.evaluate(
        """font => {
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            const width = (family) => {
                context.font = `40px ${family}`;
                return context.measureText("cnnvis mill WORD").width;
            };
            return width(`"${font}", monospace`) !== width("monospace");
        }""",
        FONT,
    )


def photograph(place: Locator) -> bytes:
    """Photograph an element as soon as two photographs in a row are the same; PNG."""
    before = b""
    for _ in range(PATIENCE):
        now = place.screenshot()
        if now == before:
            break
        before = now
        place.page.wait_for_timeout(PAUSE)
    return before


def reference_path(state: str, theme: str) -> Path:
    return REFERENCES / theme / f"{state}.png"


def read_reference(state: str, theme: str) -> UInt8[np.ndarray, "rows columns 3"] | None:
    """Return the stored reference; None where there is none."""
    path = reference_path(state, theme)
    if not path.is_file():
        return None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def renew(states: tuple[str, ...]) -> None:
    """Photograph these states and store them as references; needs Chromium and Node.js."""
    from tempfile import TemporaryDirectory

    from tests.conftest import find_chromium

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        problem = build_gallery(Path(folder))
        if problem is not None:
            sys.exit(problem)
        with served(Path(folder)) as address:
            browser = playwright.chromium.launch(executable_path=find_chromium())
            page = still_context(browser).new_page()
            for theme in THEMES:
                for state in states:
                    path = reference_path(state, theme)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    blocks = shrink(photograph(open_state(page, address, state, theme)))
                    Image.fromarray(blocks).save(path, optimize=True)
            browser.close()


if __name__ == "__main__":
    renew(tuple(sys.argv[1:]) or STATES)
