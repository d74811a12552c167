"""The whole pass with top-k, pictures and writing, against the bare forward pass in the same process.

Batches of 64 lie in memory; the bare pass runs the network as its author wrote it, in the order of memory that images
come in, and the analysis may choose another. Bare passes and collecting passes alternate, and the median of their
ratios counts. With glibc freed maps are kept by the process in both: given back to the kernel and faulted in anew,
which happens or not by chance, they make the bare pass alone vary by a factor of two.
`--network` picks networks, `--device cuda` runs on a GPU (with synchronisation), `--parts` shows where time goes.
"""

import ctypes
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import torch
from _table import Row, arguments, report
from torch import nn

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.collect.engine import Pass
from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.inputs.source import Batch, Picture, scan
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.writer import RunWriter

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BATCH = 64
SMALL, LARGE = 79, 32
"""Batches per pass: 5,056 small images, as the reference run has; 2,048 large ones, as many as one waits for. The first
batches cost more, since every neuron's list of best images is still empty: with --batches 8 it shows."""
EACH, MEAN = 1.30, 1.15


@dataclass(eq=False)
class InMemory:
    """Random images as a source; the pictures are bytes as they would come from a decoder."""

    shape: tuple[int, ...]
    count: int
    classes: int
    device: torch.device
    memory_format: torch.memory_format
    name: str = "random images"
    class_names: tuple[str, ...] | None = None
    preprocessing: str = ""
    skipped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rereadable: bool = True

    def __post_init__(self) -> None:
        random = torch.Generator().manual_seed(0)
        rng = np.random.default_rng(0)
        self.total = self.count * BATCH
        self.samples = None
        self.pixels = rng.integers(0, 256, (self.total, *self.shape[1:], self.shape[0]), np.uint8)
        self.all = [
            Batch(
                inputs=ModelInput(
                    (
                        torch.randn(BATCH, *self.shape, generator=random).to(
                            self.device, memory_format=self.memory_format
                        ),
                    )
                ),
                labels=rng.integers(0, self.classes, BATCH),
                samples=np.arange(start, start + BATCH),
            )
            for start in range(0, self.total, BATCH)
        ]

    def batches(self, start: int = 0) -> Iterator[Batch]:
        return iter(self.all[start:])

    def select(self, samples: np.ndarray) -> Iterator[Batch]:
        return scan(self.batches(), samples)

    def picture(self, sample: int) -> Picture:
        return Picture(pixels=self.pixels[sample])


def keep_freed_memory() -> None:
    """Have glibc keep what is freed; elsewhere nothing is done."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        trim_threshold, mmap_threshold = -1, -3  # malloc.h
        mallopt(trim_threshold, 1 << 30)
        mallopt(mmap_threshold, 1 << 30)


def ten_convolutions() -> nn.Module:
    layers: list[nn.Module] = []
    before = 3
    for width in (32, 64, 128, 256, 256):
        for _ in range(2):
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]
            before = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


@dataclass(frozen=True)
class Case:
    """A network with the shape of its images and the number of batches to look at."""

    build: Callable[[], nn.Module]
    shape: tuple[int, int, int]
    batches: int
    classes: int


def cases() -> dict[str, Case]:
    if not (DATA / "networks.py").is_file():
        sys.exit(f"This benchmark needs networks.py in {DATA}.")
    sys.path.insert(0, str(DATA))
    import networks  # pyright: ignore[reportMissingImports]

    return {
        "resnet20": Case(networks.resnet20, (3, 32, 32), SMALL, 10),
        "vgg10": Case(ten_convolutions, (3, 32, 32), SMALL, 10),
        "squeezenet": Case(networks.squeezenet, (3, 227, 227), LARGE, 100),
        "mobilenet_v2": Case(networks.mobilenet_v2, (3, 224, 224), LARGE, 100),
    }


class Bench:
    """One network: the bare pass, the whole pass, and the parts of it."""

    def __init__(self, case: Case, device: torch.device, *, channels_last: bool) -> None:
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.device = device
        self.model = _lively(case.build().eval()).to(device, memory_format=layout)
        self.source = InMemory(case.shape, case.batches, case.classes, device, layout)
        self.graph: LayerGraph = trace(self.model, self.source.all[0].inputs.take(slice(0, 2)))
        outputs = np.arange(self.outputs())
        mapped = np.where(outputs < case.classes, outputs, -1)  # of a thousand classes the data has a hundred
        self.options = CollectOptions(
            classes=case.classes,
            representatives=representatives(self.graph),
            device=str(device),
            label_of_output=mapped,
        )

    def outputs(self) -> int:
        with torch.no_grad():
            return self.source.all[0].inputs.take(slice(0, 1)).call(self.model).shape[1]

    def wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def bare(self) -> None:
        with torch.inference_mode():
            for batch in self.source.all:
                batch.inputs.call(self.model)
        self.wait()

    def whole(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            found = collect(self.model, self.source, self.graph, options=self.options)
            writer = RunWriter(Path(folder) / "run")
            writer.write_pictures(self._stored(sample, found.picture) for sample in found.needed.tolist())
            writer.write_snapshot(found.facts, found.statistics)
        self.wait()

    def parts(self) -> dict[str, float]:
        """Return what each step of one pass adds, as a share of the bare forward pass, on the CPU's clock."""
        started = process_time()
        self.bare()
        forward = process_time() - started
        trial = Pass(self.model, self.source, self.graph, self.options)
        reading = adding = 0.0
        with evaluating(self.model, self.device), trial.reading():
            for batch in self.source.all:
                started = process_time()
                outcome = trial.look(batch)
                self.wait()
                between = process_time()
                trial.absorb(outcome)
                reading += between - started
                adding += process_time() - between
        started = process_time()
        self.whole()
        rest = process_time() - started - reading - adding
        added = {"reading maps": reading - forward, "adding up": adding, "finish, pictures, writing": rest}
        return {name: value / forward for name, value in added.items()}

    @staticmethod
    def _stored(sample: int, picture: Callable[[int], Picture]) -> StoredPicture:
        image = picture(sample)
        return StoredPicture(
            sample=sample,
            pixels=image.pixels,
            left=image.left,
            top=image.top,
            scale_x=image.scale_x,
            scale_y=image.scale_y,
        )


def _lively(model: nn.Module) -> nn.Module:
    """Keep random weights from fading out or growing over many layers, so that values look like a trained network's."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            spread = (2 / prod(module.weight.shape[1:])) ** 0.5
            nn.init.normal_(module.weight, std=spread)
    return model


def representatives(graph: LayerGraph) -> tuple[str, ...]:
    """Return the last unit of each map size, as the grouping would choose."""
    layers = {layer.id: layer for layer in graph.layers}
    last = {layers[unit.id].shape[1:]: unit.id for unit in graph.units}
    return tuple(last.values())


def measure(bench: Bench, repeats: int) -> tuple[float, float, float]:
    """Return the median ratio by the clock, by processor time, and the bare seconds per batch."""
    bench.bare()
    bench.whole()
    ratios: list[tuple[float, float]] = []
    bares: list[float] = []
    for _ in range(repeats):
        times: list[tuple[float, float]] = []
        for run in (bench.bare, bench.whole):
            started = perf_counter(), process_time()
            run()
            times.append((perf_counter() - started[0], process_time() - started[1]))
        (bare, bare_cpu), (whole, whole_cpu) = times
        ratios.append((whole / bare, whole_cpu / bare_cpu))
        bares.append(bare / len(bench.source.all))
    wall, cpu = zip(*ratios, strict=True)
    return statistics.median(wall), statistics.median(cpu), statistics.median(bares)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--network", action="append", help="only this one; may be repeated")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--batches", type=int, help="batches of 64 per pass")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--parts", action="store_true", help="also show the share of each part")
    chosen = parser.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    keep_freed_memory()
    rows: list[Row] = []
    walls: list[float] = []
    for name, case in cases().items():
        if chosen.network and name not in chosen.network:
            continue
        if chosen.batches:
            case = Case(case.build, case.shape, chosen.batches, case.classes)  # noqa: PLW2901
        bench = Bench(case, torch.device(chosen.device), channels_last=chosen.channels_last)
        wall, cpu, bare = measure(bench, chosen.repeats)
        walls.append(wall)
        rows.append(Row(name=f"collect / forward, {name}", value=wall, unit="x", target=EACH))
        rows.append(Row(name=f"  same by processor time, {name}", value=cpu, unit="x", target=None))
        rows.append(Row(name=f"  bare forward, {name}", value=bare * 1000, unit="ms/batch", target=None))
        if chosen.parts:
            for part, share in bench.parts().items():
                rows.append(Row(name=f"  {part}, {name}", value=100 * share, unit="%", target=None))
    rows.append(
        Row(name="collect / forward, geometric mean", value=statistics.geometric_mean(walls), unit="x", target=MEAN)
    )
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
