"""How long everything takes that follows an edit: keeping it, the layer's picture, and the connections.

On two layers: one of 512 neurons in an untrained network on noise with classes, and the 576 neurons of MobileNetV2's
fifteenth block, analysed on real images (or give the folders of finished runs). Each figure is the median over random
edits of the layer: neurons moved, taken out, clusters merged and split. The columns are those of the closed picture.
"""

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from _runs import DATA, known_networks, module_at
from _table import Row, arguments, report
from torch import nn

import cnnvis
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Create, Edit, Merge, Move, Split
from cnnvis.store.reader import read_run

EDITS = 40
TARGET = 100
WIDE, IMAGES, CLASSES = 512, 400, 10


def wide_run(folder: Path) -> Path:
    """Analyse an untrained network with layers of 512 neurons on noise whose mean depends on the class."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    layers: list[nn.Module] = []
    for before, after, stride in ((3, 64, 1), (64, 256, 2), (256, WIDE, 2), (WIDE, WIDE, 1), (WIDE, WIDE, 2)):
        layers += [nn.Conv2d(before, after, 3, stride, 1), nn.ReLU()]
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDE, CLASSES))
    labels = np.arange(IMAGES) % CLASSES
    kinds = rng.normal(size=(CLASSES, 3, 4, 4))
    noise = 0.7 * rng.normal(size=(IMAGES, 3, 32, 32))
    images = (np.kron(kinds[labels], np.ones((1, 1, 8, 8))) + noise).astype(np.float32)
    return cnnvis.analyze(model, (images, labels), to=folder / "wide", progress=False).path


def mobilenet_run(folder: Path) -> Path:
    """Analyse MobileNetV2 on the images that are at hand."""
    known = known_networks()
    networks = module_at("networks", DATA / "networks.py")
    facts = known.KNOWN["mobilenet_v2"]
    data, names = facts.data(DATA, networks)
    model = known.load(facts, DATA, networks)
    return cnnvis.analyze(
        model,
        data,
        to=folder / "mobilenet_v2",
        preprocess=facts.preprocess,
        class_names=names,
        class_map=known.class_map(facts),
        limit=IMAGES,
        progress=False,
    ).path


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Milliseconds of one edit."""

    made: float
    layer: float
    connections: float

    @property
    def all(self) -> float:
        return self.made + self.layer + self.connections


def random_edit(studio: Studio, layer: str, rng: random.Random) -> Edit:
    """Return an edit that fits the clusters as they are; their number stays about the same."""
    clusters = list(studio.edits.clusters(layer).clusters)
    large = [each for each in clusters if len(each.neurons) >= 8]
    one, other = rng.sample(clusters, 2)
    kind = rng.choice(["move", "move", "move", "create" if len(clusters) < 10 else "merge", "split"])
    if kind == "merge" and len(clusters) > 3:
        return Merge(layer=layer, clusters=(one.id, other.id))
    if kind == "split" and len(clusters) < 10 and large:
        return Split(layer=layer, cluster=rng.choice(large).id)
    chosen = tuple(rng.sample(one.neurons, min(len(one.neurons), rng.randint(1, 5))))
    return Create(layer=layer, neurons=chosen) if kind == "create" else Move(layer=layer, neurons=chosen, to=other.id)


def timed(studio: Studio, edit: Edit) -> Taken:
    """Make an edit, and everything that a page then asks for."""
    started = time.perf_counter()
    studio.edits.make(edit)
    made = time.perf_counter()
    studio.layer_bytes(edit.layer)
    drawn = time.perf_counter()
    studio.links.scene_bytes([], None)
    done = time.perf_counter()
    return Taken(made=1e3 * (made - started), layer=1e3 * (drawn - made), connections=1e3 * (done - drawn))


def figures(run: Path, neurons: int) -> Iterator[Row]:
    """Edit the shown layer with about so many neurons."""
    studio = Studio(read_run(run))
    studio.links.scene_bytes([], None)  # the page is open
    of = {unit: studio.run.graph.unit(unit).neurons for unit in studio.columns()}
    layer = min(of, key=lambda unit: abs(of[unit] - neurons))
    name = f"{run.name}, {of[layer]} neurons"
    rng = random.Random(0)
    first = timed(studio, random_edit(studio, layer, rng))
    taken = [timed(studio, random_edit(studio, layer, rng)) for _ in range(EDITS)]
    back: list[float] = []
    for _ in range(EDITS // 2):
        started = time.perf_counter()
        studio.edits.undo()
        studio.layer_bytes(layer)
        studio.links.scene_bytes([], None)
        back.append(1e3 * (time.perf_counter() - started))
    studio.edits.jump(0)
    whole = [each.all for each in taken]
    yield Row(name=f"{name}: an edit and all that follows", value=float(np.median(whole)), unit="ms", target=TARGET)
    yield Row(name=f"{name}: the slowest in twenty", value=float(np.percentile(whole, 95)), unit="ms", target=None)
    for part in ("made", "layer", "connections"):
        value = float(np.median([getattr(each, part) for each in taken]))
        yield Row(name=f"{name}: of these, {part}", value=value, unit="ms", target=None)
    yield Row(name=f"{name}: the first edit after the server started", value=first.all, unit="ms", target=None)
    yield Row(name=f"{name}: undo and all that follows", value=float(np.median(back)), unit="ms", target=TARGET)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="finished runs to take instead; not changed")
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIS_DATA"] = str(Path(folder) / "data")
        runs = [shutil.copytree(run, Path(folder) / run.name) for run in given.runs] or [wide_run(Path(folder))]
        if not given.runs and (DATA / "networks.py").is_file():
            runs.append(mobilenet_run(Path(folder)))
        for run in runs:
            rows.extend(figures(run, WIDE))
    report(rows, given.json)


if __name__ == "__main__":
    main()
