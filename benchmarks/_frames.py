"""What a page costs per frame, from the browser's own trace.

What counts is what the main thread spends on script, style and layout up to a frame's end; nested events count once.
"""

import functools
import http.server
import json
import statistics
import subprocess
import sys
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from _table import Row
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "devtools.timeline.frame", "v8", "toplevel"]
COUNTED = {
    "EvaluateScript", "EventDispatch", "FireAnimationFrame", "FunctionCall", "Layout", "MajorGC", "MinorGC", "PrePaint",
    "RunMicrotasks", "TimerFire", "UpdateLayoutTree", "v8.callFunction",
}  # fmt: skip
FRAME = "BeginCommitCompositorFrame"
"""The main thread has done its part of a frame."""
Event = dict[str, Any]
BUILD = """
const { build } = await import("vite");
const [page, outDir] = process.argv.slice(-2);
const output = { entryFileNames: "page.js", assetFileNames: "page[extname]" };
// Set, not merged: the product's own pages are not to be built beside it.
const only = { name: "only", config: (all) => { all.build.rolldownOptions = { input: page, output }; } };
await build({
  root: ".", logLevel: "error", publicDir: false, plugins: [only], build: { outDir, emptyOutDir: true },
});
"""


def built(page: Path, folder: Path) -> None:
    """Build the page of a benchmark, as the product's page is built."""
    command = ["node", "--input-type=module", "-e", BUILD, "--", str(page), str(folder)]
    subprocess.run(command, cwd=ROOT / "web", check=True)
    styles = "".join(f'<link rel="stylesheet" href="{path.name}">' for path in sorted(folder.glob("*.css")))
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8">{styles}<body><script type="module" src="page.js"></script>', "utf-8"
    )


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        del format, args


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@dataclass(frozen=True)
class Spent:
    """Milliseconds of the main thread: by the clock, and by the processor, for which other programs do not count."""

    clock: float
    processor: float


def main_thread(events: list[Event]) -> list[Event]:
    """Return the events of the thread that made the most frames."""
    threads = [(event["pid"], event["tid"]) for event in events if event["name"] == FRAME]
    if not threads:
        sys.exit("The trace has no frames: this Chromium names them differently.")
    main = max(set(threads), key=threads.count)
    return [event for event in events if (event["pid"], event["tid"]) == main]


def frames(events: list[Event]) -> list[Spent]:
    """Return script, style and layout of each frame in which something was drawn; the others have hardly any."""
    mine = main_thread(events)
    ends = sorted(event["ts"] for event in mine if event["name"] == FRAME)
    busy = [(0.0, 0.0)] * (len(ends) + 1)
    for event in outermost(event for event in mine if event["name"] in COUNTED):
        # A frame owns what is done from the end of the last one to its own.
        frame = bisect_right(ends, event["ts"])
        clock, processor = busy[frame]
        busy[frame] = (clock + event["dur"] / 1000, processor + event.get("tdur", event["dur"]) / 1000)
    drew = {bisect_right(ends, event["ts"]) for event in mine if event["name"] == "FireAnimationFrame"}
    return [Spent(*one) for frame, one in enumerate(busy[:-1]) if frame in drew]


def outermost(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events that lie in no other, so that nested ones count once."""
    end = 0.0
    for event in sorted((event for event in events if "dur" in event), key=lambda event: (event["ts"], -event["dur"])):
        if event["ts"] >= end:
            end = event["ts"] + event["dur"]
            yield event


def opened(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    """Open a benchmark's page in a window of this size; its data are there then."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(address)
    page.wait_for_function("globalThis.benchmark !== undefined", timeout=120_000)
    return page


def gestures(page: Page, at: tuple[int, int], seconds: float) -> None:
    """Zoom in and out about a place and pan between, by the wheel."""
    page.mouse.move(*at)
    end = monotonic() + seconds
    step = 0
    while monotonic() < end:
        place = step % 120
        if place < 30:
            page.mouse.wheel(0, -100)
        elif place < 60 or place >= 90:
            page.mouse.wheel(24 if place < 60 else -24, 16 if place < 60 else -16)
        else:
            page.mouse.wheel(0, 100)
        step += 1


def traced(browser: Browser, page: Page, act: Callable[[], object]) -> list[Event]:
    browser.start_tracing(page=page, categories=CATEGORIES)
    act()
    return json.loads(browser.stop_tracing())["traceEvents"]


def frame_rows(moving: list[Spent]) -> list[Row]:
    """Return the rows of a benchmark for these frames, with the frame budget of the design."""
    rows: list[Row] = []
    for kind, words, held in (("processor", "processor", True), ("clock", "by the clock", False)):
        busy = [getattr(one, kind) for one in moving]
        p95, title = float(np.percentile(busy, 95)), f"script and layout per frame, pan and zoom, {words}"
        rows.append(Row(name=f"{title}, p95", value=p95, unit="ms", target=8 if held else None))
        rows.append(Row(name="  longest", value=max(busy), unit="ms", target=50 if held else None))
        rows.append(Row(name="  median", value=statistics.median(busy), unit="ms", target=None))
    rows.append(Row(name="  frames drawn", value=len(moving), unit="", target=None, better="higher"))
    return rows
