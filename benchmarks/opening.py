"""How long a person waits: the command line, the server, and the first picture in the browser.

The run is made by hand in the size of ResNet-20 on CIFAR-10 (or give the folder of a real one): 688 neurons in 19
hidden layers, 10 classes, and analysed once, as `cnnvis analyze` leaves it. The clock of the first picture starts when
the server answers, with the request for the page, and stops when every column is drawn. Times are medians of several
starts.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import Page, sync_playwright
from torch import nn

import cnnvis

sys.path.insert(0, str(Path(__file__).parent))
from _table import Row, arguments, report

COMMAND = [sys.executable, "-m", "cnnvis"]
REPEATS = 5
WIDTHS = (*[16] * 7, *[32] * 6, *[64] * 6)
"""The neurons of ResNet-20's hidden layers."""


@contextmanager
def served(run: Path, port: int) -> Iterator[float]:
    """Start the server and end it, come what may; yield the seconds until it answers."""
    begin = time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "open", str(run), "--port", str(port), "--no-browser"], stdout=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if server.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.005)
        yield time.perf_counter() - begin
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    """Whether the server gives the list of runs."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/runs", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def first_picture(page: Page, address: str) -> float:
    """Return the seconds from asking for the page until every column has its cards, drawn."""
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".card canvas")
    page.wait_for_selector(".skeleton", state="detached")  # cards come column by column: what a column shows before
    return time.perf_counter() - begin


def command_start() -> float:
    """Return the seconds that `cnnvis --help` takes."""
    begin = time.perf_counter()
    subprocess.run([*COMMAND, "--help"], check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("run", type=Path, nargs="?", help="a run folder; made by hand when not given")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--port", type=int, default=8731)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = given.run or made_run(Path(folder) / "resnet20-sized")
        up: list[float] = []
        pictures: list[float] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.chromium)
            for repeat in range(REPEATS):
                with served(run, given.port + repeat) as seconds:
                    up.append(seconds)
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    pictures.append(first_picture(page, f"http://127.0.0.1:{given.port + repeat}/"))
                    page.close()
            browser.close()
    helps = [command_start() for _ in range(REPEATS)]
    report(
        [
            Row(name="cnnvis --help", value=statistics.median(helps), unit="s", target=0.3),
            Row(name="cnnvis open: until the server answers", value=statistics.median(up), unit="s", target=None),
            Row(name="first picture after the server is up", value=statistics.median(pictures), unit="s", target=1.0),
        ],
        given.json,
    )


def network() -> nn.Module:
    """Return an untrained network of ResNet-20's size: each stage begins with a stride."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for before, after in pairwise((3, *WIDTHS)):
        stride = 2 if 3 < before < after else 1
        layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTHS[-1], 10))


def made_run(path: Path) -> Path:
    """Analyse the network on random images."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (1000, 32, 32, 3)).astype(np.uint8)
    cnnvis.analyze(network(), (images, np.arange(1000) % 10), to=path, progress=False)
    return path


if __name__ == "__main__":
    main()
