"""How the whole picture feels: 150 clusters, 5,100 patches, 2,000 connections, pan and zoom, by the browser's trace.

The page is built as the product's page is, with an invented run and no server. The pointer zooms and pans for some
seconds, with everything in view at first; an empty page that draws nothing in every frame is measured beside it, since
the software renderer of a machine without a screen has a frame rate of its own.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from _frames import Spent, built, frame_rows, frames, gestures, opened, served, traced
from _table import Row, arguments, report

PAGE = Path(__file__).parent / "picture_page.ts"
EMPTY = "<!doctype html><body><script>(function next() { requestAnimationFrame(next); })()</script>"
SIZE = (1280, 800)
MIDDLE = (640, 380)
DRAWN = 5000
"""Milliseconds after which nothing more is being drawn for the first time."""


def empty_rate(browser: Browser, seconds: float) -> float:
    """Return the frames per second of a page that draws nothing."""
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
    page.set_content(EMPTY)
    found = frames(traced(browser, page, lambda: gestures(page, MIDDLE, seconds)))
    page.close()
    return len(found) / seconds


def measured(address: str, chromium: str, seconds: float) -> tuple[dict[str, int], list[Spent], float]:
    """Return what was in the picture, its frames, and the frame rate of an empty page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        empty = empty_rate(browser, min(seconds, 3.0))
        page = opened(browser, address, SIZE)
        content = page.evaluate("benchmark")
        page.wait_for_timeout(DRAWN)
        moving = frames(traced(browser, page, lambda: gestures(page, MIDDLE, seconds)))
        browser.close()
    return content, moving, empty


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--seconds", type=float, default=10.0, help="of zooming and panning (10)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        built(PAGE, Path(name))
        with served(Path(name)) as address:
            content, moving, empty = measured(address, given.chromium, given.seconds)
    rows = [
        Row(name="clusters", value=content["clusters"], unit="", target=150, better="higher"),
        Row(name="patches", value=content["patches"], unit="", target=5000, better="higher"),
        Row(name="curves", value=content["curves"], unit="", target=2000, better="higher"),
        *frame_rows(moving),
        Row(name="frames per second", value=len(moving) / given.seconds, unit="", target=None, better="higher"),
        Row(name="  of an empty page", value=empty, unit="", target=None, better="higher"),
    ]
    report(rows, given.json)


if __name__ == "__main__":
    main()
