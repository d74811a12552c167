"""How long a person waits: the command line, the server, and the first picture in the browser.

The run is made by hand in the size of ResNet-20 on CIFAR-10 (or give the folder of a real one): 688 neurons in four
columns, 10 classes, and analysed once, as `cnnvis analyze` leaves it. Times are medians of several starts.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from _table import Row, arguments, report

COMMAND = [sys.executable, "-m", "cnnvis"]
REPEATS = 5


def started(run: Path, port: int) -> tuple[subprocess.Popen[str], float]:
    """Start the server; return it and the seconds until it answers."""
    begin = time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "open", str(run), "--port", str(port), "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    while not answers(port):
        if server.poll() is not None:
            sys.exit("the server did not start")
        time.sleep(0.005)
    return server, time.perf_counter() - begin


def answers(port: int) -> bool:
    """Whether the server gives the list of runs."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/runs", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def first_picture(page: Page, address: str) -> float:
    """Return the seconds from asking for the page until every visible column has its cards."""
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".card canvas", state="visible")
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
                server, seconds = started(run, given.port + repeat)
                up.append(seconds)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                pictures.append(first_picture(page, f"http://127.0.0.1:{given.port + repeat}/"))
                page.close()
                server.terminate()
                server.wait()
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


def made_run(path: Path) -> Path:
    """Analyse an untrained network of ResNet-20's size on random images."""
    import numpy as np
    import torch
    from torch import nn

    import cnnvis

    torch.manual_seed(0)
    widths = (3, 16, 16, 32, 32, 64, 64)
    layers: list[nn.Module] = []
    for place, (before, after) in enumerate(pairwise(widths)):
        layers += [nn.Conv2d(before, after, 3, 2 if place in {2, 4} else 1, 1), nn.ReLU()]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (1000, 32, 32, 3)).astype(np.uint8)
    cnnvis.analyze(model, (images, np.arange(1000) % 10), to=path, progress=False)
    return path


if __name__ == "__main__":
    main()
