"""Memory of a collecting pass over 1 k, 10 k and 100 k synthetic images: it must not grow with the data.

Every pass runs in a process of its own, because a process never gives its peak back.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import torch
from _table import Row, arguments, report
from torch import nn

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.inputs.source import Batch, Picture, scan
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace import trace

COUNTS = (1_000, 10_000, 100_000)
BATCH = 100
SHAPE = (3, 8, 8)
GROWTH_MB = 24.0
"""Allowed between 1 k and 100 k images: allocator noise."""


class Synthetic:
    """Images made up when asked for, the same every time."""

    name = "synthetic images"
    class_names = None
    preprocessing = ""
    rereadable = True

    def __init__(self, total: int) -> None:
        self.total: int | None = total
        self.samples = None
        self.skipped: list[str] = []
        self.warnings: list[str] = []

    def batches(self, start: int = 0) -> Iterator[Batch]:
        for first in range(start * BATCH, self.total or 0, BATCH):
            rng = np.random.default_rng(first)
            yield Batch(
                inputs=ModelInput((torch.from_numpy(rng.standard_normal((BATCH, *SHAPE), np.float32)),)),
                labels=rng.integers(0, 10, BATCH),
                samples=np.arange(first, first + BATCH),
            )

    def select(self, samples: np.ndarray) -> Iterator[Batch]:
        return scan(self.batches(), samples)

    def picture(self, sample: int) -> Picture:
        return Picture(pixels=np.full((8, 8, 3), sample % 256, np.uint8))


def peak_mb(images: int) -> tuple[float, float]:
    """Return the peak after 1,000 images and at the end of the pass, in MB."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(64, 10),
    )  # fmt: skip
    source = Synthetic(images)
    graph = trace(model, next(source.batches()).inputs.take(slice(0, 2)))
    options = CollectOptions(classes=10, representatives=(graph.units[1].id,), device="cpu")
    collect(model, Synthetic(1000), graph, options=options)
    early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    collect(model, source, graph, options=options)
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 if sys.platform.startswith("linux") else 1024**2
    return early / unit, late / unit


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--images", type=int, help="measure only this many, in this process")
    chosen = parser.parse_args()
    if chosen.images:
        print(*peak_mb(chosen.images))
        return
    rows: list[Row] = []
    peaks: list[float] = []
    for images in COUNTS:
        done = subprocess.run(
            [sys.executable, __file__, "--images", str(images)], capture_output=True, text=True, check=True
        )
        early, late = (float(number) for number in done.stdout.split())
        peaks.append(late)
        rows.append(Row(name=f"peak memory, {images} images", value=late, unit="MB", target=None))
        rows.append(
            Row(name=f"  growth since 1,000 images, {images} images", value=late - early, unit="MB", target=None)
        )
    growth = peaks[-1] - peaks[0]
    rows.append(Row(name="growth from 1 k to 100 k images", value=growth, unit="MB", target=GROWTH_MB))
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
