"""How long the picture of a ResNet-50-sized run takes, first and from disk, and how much is sent for it.

The layer graph is traced from an untrained ResNet-50; its statistics are drawn: 40 families of 25 classes, and in every
layer families of neurons that answer to them. Everything is written through the store, as an analysis does.
"""

import gzip
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from _table import Row, arguments, report
from torch import nn

import cnnvis
from cnnvis.analysis.group import group_layers
from cnnvis.compose.studio import Studio
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.schema.run import DataFacts, ModelFacts, RunFile, SnapshotFacts
from cnnvis.schema.statistics import Contributions, NeuronStatistics, ProbeSet, UnitContributions, UnitStatistics
from cnnvis.serve.app import GZIP_LEVEL
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.reader import read_run
from cnnvis.store.writer import RunWriter

FAMILIES, PER_FAMILY, FACTORS = 40, 25, 64
CLASSES = FAMILIES * PER_FAMILY
IMAGES, PROBE, PICTURES, TOP = 50_000, 2000, 800, 9
MOST_FAMILIES = 10


class Bottleneck(nn.Module):
    """1 x 1, 3 x 3, 1 x 1, and a shortcut."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = 4 * width
        self.conv1, self.bn1 = nn.Conv2d(before, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, after, 1, bias=False), nn.BatchNorm2d(after)
        self.relu = nn.ReLU()
        self.shortcut = nn.Identity()
        if stride > 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        return self.relu(self.bn3(self.conv3(out)) + self.shortcut(x))


def resnet50() -> nn.Module:
    """Return an untrained ResNet-50."""
    torch.manual_seed(0)
    stages: list[nn.Module] = []
    before = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        made = []
        for place in range(blocks):
            made.append(Bottleneck(before, width, stride if place == 0 else 1))
            before = 4 * width
        stages.append(nn.Sequential(*made))
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, CLASSES))


class Drawn:
    """Statistics that are drawn, the same each time."""

    def __init__(self, graph: LayerGraph) -> None:
        self.rng = np.random.default_rng(0)
        families = self.rng.normal(size=(FAMILIES, FACTORS))
        self.classes = np.repeat(families, PER_FAMILY, axis=0) + 0.5 * self.rng.normal(size=(CLASSES, FACTORS))
        self.graph = graph
        self.labels = np.arange(PROBE) % CLASSES
        self.values = {unit.id: self._class_means(unit) for unit in graph.units}

    def _class_means(self, unit: Unit) -> np.ndarray:
        families = self.rng.normal(size=(self.rng.integers(3, MOST_FAMILIES + 1), FACTORS))
        chosen = families[self.rng.integers(0, len(families), unit.neurons)]
        loadings = chosen + 0.7 * self.rng.normal(size=chosen.shape)
        means = np.maximum(self.classes @ loadings.T / FACTORS**0.5 + self.rng.normal(size=unit.neurons) - 0.5, 0.0)
        return (means * self.rng.lognormal(sigma=0.4, size=unit.neurons)).astype(np.float32)

    def unit(self, unit: Unit) -> UnitStatistics:
        """Return one layer's statistics."""
        means, rng = self.values[unit.id], self.rng
        shape = self.graph.layer(unit.before).shape
        size = shape[-1] if len(shape) > 1 else 1
        top = means.max(axis=0)[:, None] * (1 + rng.random((unit.neurons, TOP)))
        places = rng.integers(0, size, (2, unit.neurons, TOP)).astype(np.int32)
        return UnitStatistics(
            after_mean=means,
            after_std=0.3 * means + 0.01,
            before_mean=means - 0.1,
            mean=means.mean(axis=0),
            std=means.std(axis=0) + 0.01,
            minimum=np.zeros(unit.neurons, np.float32),
            maximum=top.max(axis=1).astype(np.float32),
            active=(means > 0).mean(axis=0).astype(np.float32),
            slope=(means > 0).mean(axis=0).astype(np.float32),
            nonfinite=np.zeros(unit.neurons, np.int64),
            top_value=-np.sort(-top.astype(np.float32), axis=1),
            top_sample=np.stack([rng.choice(PICTURES, TOP, replace=False) for _ in range(unit.neurons)]),
            top_y=places[0],
            top_x=places[1],
        )

    def probe(self, units: set[str]) -> ProbeSet:
        """Return what single images do: their class's values, and noise."""
        means = {
            unit: np.maximum(self.values[unit][self.labels] + 0.3 * self.rng.normal(size=(PROBE, 1)), 0)
            for unit in sorted(units)
        }
        halves = {unit: found.astype(np.float16) for unit, found in means.items()}
        return ProbeSet(samples=np.arange(PROBE), labels=self.labels, predictions=self.labels, means=halves)

    def contributions(self) -> Contributions:
        """Return a share of each activation, of either sign."""
        none = np.zeros((CLASSES, 0, 0), np.float32)
        units = {
            name: UnitContributions(
                values=(means * self.rng.normal(size=means.shape) / means.shape[1]).astype(np.float32),
                confused_values=none.reshape(CLASSES, 0, 0).repeat(means.shape[1], axis=2),
            )
            for name, means in self.values.items()
        }
        images = np.bincount(self.labels, minlength=CLASSES)
        return Contributions(units=units, images=images, confused=np.zeros((CLASSES, 0), np.int64))


def pictures() -> Iterator[StoredPicture]:
    """Yield blurred noise."""
    rng = np.random.default_rng(1)
    for sample in range(PICTURES):
        pixels = np.kron(rng.integers(0, 256, (16, 16, 3)), np.ones((14, 14, 1))).astype(np.uint8)
        yield StoredPicture(
            sample=sample,
            pixels=pixels,
            left=0.0,
            top=0.0,
            scale_x=1.0,
            scale_y=1.0,
            label=sample % CLASSES,
            predicted=sample % CLASSES,
        )


def written(path: Path) -> Path:
    """Write the run."""
    graph = cnnvis.trace(resnet50(), torch.zeros(1, 3, 224, 224))
    drawn = Drawn(graph)
    names = tuple(f"family {index // PER_FAMILY} class {index}" for index in range(CLASSES))
    writer = RunWriter(path)
    writer.write_model(
        RunFile(
            id="made",
            name="ResNet-50-sized",
            created="2026-01-01T00:00:00Z",
            tool=cnnvis.__version__,
            model=ModelFacts(name="ResNet-50-sized", input_shape=(3, 224, 224)),
            data=DataFacts(name="drawn", images=IMAGES),
            classes=names,
        ),
        graph,
    )
    statistics = NeuronStatistics(
        units={unit.id: drawn.unit(unit) for unit in graph.units},
        class_images=np.full(CLASSES, IMAGES // CLASSES),
        confusion=np.eye(CLASSES, dtype=np.int64) * (IMAGES // CLASSES),
        probe=drawn.probe({group.representative for group in group_layers(graph).groups}),
    )
    writer.write_snapshot(SnapshotFacts(images_seen=IMAGES, images_total=IMAGES, correct=IMAGES, top_k=TOP), statistics)
    writer.write_contributions(drawn.contributions())
    writer.write_pictures(pictures())
    return writer.finish()


def composed(run: Path, *, every_layer: bool = False) -> dict[str, float]:
    """Return seconds and bytes of the frame and of the columns (or all layers), one after the other."""
    started = time.perf_counter()
    studio = Studio(read_run(run))
    sent = [studio.scene_bytes()]
    frame = first = time.perf_counter() - started
    units = [unit.id for unit in studio.run.graph.units] if every_layer else studio.columns()
    for place, unit in enumerate(units):
        sent.append(studio.layer_bytes(unit))
        if place == 0:
            first = time.perf_counter() - started
    total = time.perf_counter() - started
    packed = sum(len(gzip.compress(one, compresslevel=GZIP_LEVEL)) for one in sent)
    return {
        "columns": len(units),
        "frame": frame,
        "first": first,
        "total": total,
        "bytes": sum(map(len, sent)),
        "gzip": packed,
    }


def matrix_seconds(run: Path, unit: str) -> float:
    """Return the median seconds to serve one layer's matrix from disk."""
    studio = Studio(read_run(run))
    taken: list[float] = []
    for _ in range(7):
        started = time.perf_counter()
        studio.matrix_bytes(unit, "activations")
        taken.append(time.perf_counter() - started)
    return float(np.median(taken))


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--layers", action="store_true", help="also compose every layer, those of opened groups too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = written(Path(folder) / "run")
        graph = read_run(run).graph
        neurons = sum(unit.neurons for unit in graph.units if unit.role == "conv")
        widest = max(graph.units, key=lambda unit: unit.neurons)
        first, again = composed(run), composed(run)
        rows = [
            Row(name="channels of all convolutions", value=neurons, unit="", target=None),
            Row(name="columns", value=first["columns"], unit="", target=None),
            Row(name="first time: the frame with class groups", value=first["frame"], unit="s", target=None),
            Row(name="first time: frame and first column", value=first["first"], unit="s", target=None),
            Row(name="first time: frame and all columns", value=first["total"], unit="s", target=20),
            Row(name="from disk: frame and all columns", value=again["total"], unit="s", target=2),
            Row(name="sent for frame and all columns", value=first["bytes"] / 1e6, unit="MB", target=None),
            Row(name="the same, gzip", value=first["gzip"] / 1e6, unit="MB", target=None),
            Row(name="matrix 2048 x 1000 from disk", value=matrix_seconds(run, widest.id), unit="s", target=0.1),
        ]
        if given.layers:
            layers, kept = composed(run, every_layer=True), composed(run, every_layer=True)
            rows += [
                Row(name="first time: all other layers too", value=layers["total"], unit="s", target=None),
                Row(name="from disk: all layers", value=kept["total"], unit="s", target=None),
                Row(name="sent for all layers", value=layers["bytes"] / 1e6, unit="MB", target=None),
            ]
    report(rows, given.json)


if __name__ == "__main__":
    main()
