"""Two trained networks on real images, photographed: their pictures in both themes, at each of the three facets.

``python -m tests.browser.real [NAME ...]`` renews the references, of the named networks or of both.

Two analyses of a network give the same picture only where nothing was asked before, since a server keeps what it has
found. So every series of photographs has a copy of the run without a cache, a server of its own, and one order of
facets.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from jaxtyping import UInt8
from PIL import Image
from playwright.sync_api import Browser, Page, Request, sync_playwright

from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import ConnectionScene
from cnnvis.store.layout import DERIVED
from tests.browser.conftest import Watched, drawn, rest
from tests.browser.gallery import FONT, REFERENCES, ROOT, THEMES, photograph
from tests.browser.serving import serving
from tests.browser.snapshots import shrink

IMAGES = {"mobilenet_v2": 60, "resnet20": 500, "squeezenet": 60}
"""Networks of the shared data, and how many images are enough for a picture with every kind of mark in it."""
PHOTOGRAPHED = ("mobilenet_v2", "resnet20")
FACETS = ("features", "activations", "contributions")
"""In the order in which they are photographed."""
VIEWPORT = (1440, 900)
FOLDER = REFERENCES / "real"
DIGESTS = FOLDER / "digests.json"
LONGEST_WAIT = 120
"""Seconds until a picture is there: all of it is composed anew."""
COARSE = 2
"""Blocks of a photograph along one side of a block of its reference. References belong to the project, their photos
do not: of a small tile one such block of 16 pixels is left, of a photo in the input column 3 x 3, and nobody can tell
from these what it shows. Comparing blurs by more than that in any case."""
ALLOWED = 0.001
"""Share of the places that may have changed. A card is less of a whole screen than of a state of the gallery, and here
all of it stands where it stood."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Sums come out the same only in one order."""
RENEW = "python -m tests.browser.real"

Blocks = UInt8[np.ndarray, "rows columns 3"]


def analyze_known(name: str, data: Path, folder: Path) -> Path:
    """Analyse a network of the shared data; returns the run's folder."""
    options = ("-o", str(folder), "--limit", str(IMAGES[name]))
    program = [sys.executable, "examples/known_networks.py", str(data), name, *options]
    environment = os.environ | ONE_THREAD
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / name


class Unanswered:
    """The requests of a page that wait for their answers; its wait for the next edit, which never ends, left out."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._waiting: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def _asked(self, request: Request) -> None:
        if "/edits/events" not in request.url:
            self._waiting.add(request)

    def _answered(self, request: Request) -> None:
        self._waiting.discard(request)

    def settle(self) -> None:
        """Wait until the page has asked for nothing new for half a second and has got everything."""
        for _ in range(LONGEST_WAIT):
            rest(self._page)
            if not self._waiting:
                return
        raise TimeoutError(str([request.url for request in self._waiting]))


@dataclass(frozen=True)
class Opened:
    """A real picture on the screen, as nobody has touched it yet."""

    watched: Watched
    unanswered: Unanswered
    digest: str
    """Changes with what the picture shows, see `digest_of`."""

    def show(self, facet: str) -> None:
        """Draw every cluster so."""
        group = self.watched.page.get_by_role("group", name="How clusters are drawn")
        group.get_by_role("button", name=facet.capitalize()).click()
        self.unanswered.settle()

    def photograph(self) -> bytes:
        """Return the whole screen, as soon as it has come to rest; PNG."""
        return photograph(self.watched.page.locator("body"))


@contextmanager
def opened(browser: Browser, run: Path, theme: str, folder: Path) -> Iterator[Opened]:
    """Open a copy of a run, made in a new folder, that nobody has asked for anything before."""
    copy = folder / run.name
    shutil.copytree(run, copy, ignore=shutil.ignore_patterns(DERIVED))
    width, height = VIEWPORT
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    context.set_default_timeout(1000 * LONGEST_WAIT)
    # Before the page's own program, which measures words.
    context.add_init_script(
        f"""document.addEventListener("readystatechange", () => {{
            document.documentElement.style.setProperty("--font", {json.dumps(FONT)});
        }})"""
    )
    with serving([copy]) as (address, shelf):
        watched = Watched(context.new_page(), address)
        unanswered = Unanswered(watched.page)
        watched.page.goto(address)
        drawn(watched.page, timeout=1000 * LONGEST_WAIT)
        unanswered.settle()
        try:
            yield Opened(watched, unanswered, digest_of(shelf.studio(run.name)))
        finally:
            context.close()


def digest_of(studio: Studio) -> str:
    """Return a name for the clusters of a picture: which neurons are in which card, and where the cards are.

    Another processor rounds otherwise, and may so find other clusters: then the picture is another one too.
    """
    connections = msgspec.json.decode(studio.links.scene_bytes((), None), type=ConnectionScene)
    digest = hashlib.blake2b(digest_size=16)
    for layer, order in zip(connections.columns, connections.orders, strict=True):
        neurons = {cluster.id: sorted(cluster.neurons) for cluster in studio.layer(layer).clusters}
        digest.update(msgspec.json.encode((layer, [(card, neurons[card]) for card in order])))
    return digest.hexdigest()


def coarse(png: bytes) -> Blocks:
    """Return the mean colours of a photograph's blocks of 16 pixels."""
    return np.asarray(Image.fromarray(shrink(png)).reduce(COARSE))


def comparable(blocks: Blocks) -> Blocks:
    """Return coarse blocks as those of 8 pixels that photographs are compared in."""
    return blocks.repeat(COARSE, axis=0).repeat(COARSE, axis=1)


def reference_path(name: str, facet: str, theme: str) -> Path:
    return FOLDER / theme / f"{name}-{facet}.png"


def read_reference(name: str, facet: str, theme: str) -> Blocks | None:
    """Return the stored coarse reference; None where there is none."""
    path = reference_path(name, facet, theme)
    if not path.is_file():
        return None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def read_digests() -> dict[str, str]:
    """Return the digest that each network's references were photographed with."""
    return json.loads(DIGESTS.read_text()) if DIGESTS.is_file() else {}


def renew(names: tuple[str, ...]) -> None:
    """Analyse these networks, photograph them and store the references; needs Chromium and the shared data."""
    from tempfile import TemporaryDirectory

    from tests.conftest import find_chromium
    from tests.outside import shared_data_folder

    if unknown := set(names) - set(PHOTOGRAPHED):
        sys.exit(f"No references for {', '.join(sorted(unknown))}; there are some for {', '.join(PHOTOGRAPHED)}.")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        for name in names:
            run = analyze_known(name, shared_data_folder(), Path(folder))
            for theme in THEMES:
                _renew(browser, run, theme, Path(folder, f"{name}-{theme}"))
        browser.close()


def _renew(browser: Browser, run: Path, theme: str, folder: Path) -> None:
    with opened(browser, run, theme, folder) as picture:
        for facet in FACETS:
            picture.show(facet)
            path = reference_path(run.name, facet, theme)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse(picture.photograph())).save(path, optimize=True)
        digests = read_digests() | {run.name: picture.digest}
        DIGESTS.write_text(json.dumps(dict(sorted(digests.items())), indent=2) + "\n")


if __name__ == "__main__":
    renew(tuple(sys.argv[1:]) or PHOTOGRAPHED)
