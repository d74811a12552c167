"""Networks that hand on given activations, data in memory, and the statistics written out as plain loops."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from cnnvis.observe.collect import Collected, CollectOptions, collect
from cnnvis.observe.inputs.source import Batch, Picture, scan
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph


class Replay(nn.Module):
    """Its only unit's activations are the input itself: a convolution that multiplies each channel by one."""

    def __init__(self, channels: int, activation: nn.Module | None) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 1, groups=channels, bias=False)
        nn.init.ones_(self.conv.weight)
        self.act = activation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        value = self.conv(x)
        if self.act is not None:
            value = self.act(value)
        return torch.nan_to_num(value).amax((2, 3))


@dataclass(eq=False)
class Memory:
    """Images in memory, in given batches; can be told to stop like a user's Ctrl-C."""

    inputs: np.ndarray
    labels: np.ndarray
    batches_of: Sequence[np.ndarray]
    numbers: np.ndarray | None = None
    stop_at: int | None = None
    rereadable: bool = True
    name: str = "memory"
    class_names: tuple[str, ...] | None = None
    preprocessing: str = ""
    skipped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    latest: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def total(self) -> int | None:
        return len(self.inputs)

    @property
    def samples(self) -> np.ndarray | None:
        rows = np.concatenate([np.zeros(0, np.int64), *self.batches_of])
        return None if not self.rereadable else rows if self.numbers is None else self.numbers[rows]

    def select(self, samples: np.ndarray) -> Iterator[Batch]:
        return scan(self.batches(), samples)

    def batches(self, start: int = 0) -> Iterator[Batch]:
        for number, rows in enumerate(self.batches_of):
            if number < start:
                continue
            if number == self.stop_at:
                raise KeyboardInterrupt
            samples = rows if self.numbers is None else self.numbers[rows]
            self.latest = samples
            yield Batch(
                inputs=ModelInput((torch.from_numpy(self.inputs[rows]),)),
                labels=self.labels[rows].astype(np.int64),
                samples=samples.astype(np.int64),
            )

    def picture(self, sample: int) -> Picture:
        self.asked.append(sample)
        if not self.rereadable and sample not in self.latest:
            raise AssertionError(f"image {sample} of a stream was asked for after its batch")
        return Picture(pixels=np.full((2, 2, 3), sample % 256, np.uint8))


def evenly(images: int, size: int) -> list[np.ndarray]:
    return [np.arange(start, min(start + size, images)) for start in range(0, images, size)]


def graph_of(model: nn.Module, inputs: np.ndarray) -> LayerGraph:
    finite = np.nan_to_num(inputs[:2], posinf=0.0, neginf=0.0)
    return trace(model, torch.from_numpy(finite))


def replayed(
    inputs: np.ndarray,
    labels: np.ndarray,
    *,
    activation: nn.Module | None,
    batches: Sequence[np.ndarray] | None = None,
    samples: np.ndarray | None = None,
    **choices: object,
) -> Collected:
    model = Replay(inputs.shape[1], activation)
    source = Memory(inputs, labels, batches or evenly(len(inputs), 4), samples)
    graph = graph_of(model, inputs)
    options = CollectOptions(**{"classes": 3, "representatives": (graph.units[0].id,), "device": "cpu"} | choices)
    return collect(model, source, graph, options=options)


@dataclass
class Expected:
    """One unit's statistics by plain loops over stored activations."""

    values: dict[str, np.ndarray]


def by_loops(
    before: np.ndarray,
    labels: np.ndarray,
    samples: np.ndarray,
    function: Callable[[float], float],
    derivative: Callable[[float], float],
    *,
    classes: int,
    k: int,
    pool: Callable[[list[float]], float] = lambda values: sum(values) / len(values),
) -> dict[str, np.ndarray]:
    images, neurons = before.shape[:2]
    result: dict[str, list[object]] = {}
    for neuron in range(neurons):
        kept = []
        nonfinite = 0
        for image in range(images):
            cells = [float(value) for value in before[image, neuron].ravel()]
            bad = sum(1 for value in cells if not np.isfinite(value))
            nonfinite += bad
            if not bad:
                kept.append((image, cells, [function(value) for value in cells]))
        after_of = {image: pool(after) for image, _, after in kept}
        before_of = {image: pool(cells) for image, cells, _ in kept}
        classwise = [[image for image, _, _ in kept if labels[image] == label] for label in range(classes)]
        # Where maps are large, positions are counted on every fourth block of sixteen samples, the lowest first.
        block = samples // 16 - samples.min() // 16
        counted = [each for each in kept if before[0, 0].size < 64 or block[each[0]] % 4 == 0]
        all_after = [value for _, _, after in counted for value in after]
        all_before = [value for _, cells, _ in counted for value in cells]
        best = sorted((-max(cells), int(samples[image]), cells.index(max(cells))) for image, cells, _ in kept)[:k]
        best += [(np.inf, -1, 0)] * (k - len(best))
        width = before.shape[3]
        column = {
            "after_mean": [_mean([after_of[i] for i in members]) for members in classwise],
            "after_std": [_std([after_of[i] for i in members]) for members in classwise],
            "before_mean": [_mean([before_of[i] for i in members]) for members in classwise],
            "mean": _mean(list(after_of.values())),
            "std": _std(list(after_of.values())),
            "minimum": min(after_of.values(), default=np.nan),
            "maximum": max(after_of.values(), default=np.nan),
            "active": _mean([float(value > 0) for value in all_after]),
            "slope": _mean([derivative(value) for value in all_before]),
            "nonfinite": nonfinite,
            "top_value": [-value for value, _, _ in best],
            "top_sample": [sample for _, sample, _ in best],
            "top_y": [place // width for _, _, place in best],
            "top_x": [place % width for _, _, place in best],
        }
        for name, value in column.items():
            result.setdefault(name, []).append(value)
    return {
        name: np.array(value, float).T if name in ("after_mean", "after_std", "before_mean") else np.array(value, float)
        for name, value in result.items()
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else np.nan


def _std(values: list[float]) -> float:
    if not values:
        return np.nan
    mean = _mean(values)
    return (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5


def same_bytes(first: Collected, second: Collected) -> None:
    """Check that two passes left exactly the same."""
    assert first.statistics.units.keys() == second.statistics.units.keys()
    for name, unit in first.statistics.units.items():
        for key, array in vars(unit).items():
            assert array.tobytes() == vars(second.statistics.units[name])[key].tobytes(), (name, key)
    assert first.statistics.confusion.tobytes() == second.statistics.confusion.tobytes()
    assert first.needed.tobytes() == second.needed.tobytes()
    assert first.outcomes == second.outcomes
    probe, other = first.statistics.probe, second.statistics.probe
    assert probe.samples.tobytes() == other.samples.tobytes()
    for name, means in probe.means.items():
        assert means.tobytes() == other.means[name].tobytes()
