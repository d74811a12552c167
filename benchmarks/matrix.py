"""How the large matrix feels: 2048 neurons by 1000 classes, first draw, and pan and zoom, from the browser's own trace.

The gallery's state is built as the page is built, without a server: its values are there before anything is drawn. Then
the pointer zooms and pans for some seconds.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from _frames import Spent, built, frame_rows, frames, gestures, main_thread, opened, outermost, served, traced
from _table import Row, arguments, report

PAGE = Path(__file__).parent / "matrix_page.ts"
DRAWS = 5


def drawn(browser: Browser, page: Page) -> Spent:
    """Draw the matrix in an empty page, all of it; the processor's time is that of all the main thread did."""
    taken: list[float] = []
    mine = main_thread(traced(browser, page, lambda: taken.append(page.evaluate("benchmark.draw()"))))
    tasks = outermost(event for event in mine if event["name"] == "RunTask")
    return Spent(taken[0], sum(task.get("tdur", task["dur"]) for task in tasks) / 1000)


def measured(address: str, chromium: str, seconds: float) -> tuple[int, list[Spent], list[Spent]]:
    """Return the number of values, the draws and the frames."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = opened(browser, address, (1120, 800))
        values = max(page.evaluate("benchmark.values"))
        draws = [drawn(browser, page) for _ in range(DRAWS)]
        moving = frames(traced(browser, page, lambda: gestures(page, (560, 400), seconds)))
        browser.close()
    return values, draws, moving


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--seconds", type=float, default=10.0, help="of zooming and panning (10)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        built(PAGE, Path(name))
        with served(Path(name)) as address:
            values, draws, moving = measured(address, given.chromium, given.seconds)
    rows = [
        Row(name="values of the matrix", value=values, unit="", target=None),
        Row(name="first draw after its data is there, processor", value=draws[0].processor, unit="ms", target=200),
        Row(name="  by the clock", value=draws[0].clock, unit="ms", target=None),
        Row(name="  median of later ones, processor", value=median(draws[1:], "processor"), unit="ms", target=None),
    ]
    rows += frame_rows(moving)
    report(rows, given.json)


def median(spent: list[Spent], kind: str) -> float:
    return statistics.median(getattr(one, kind) for one in spent)


if __name__ == "__main__":
    main()
