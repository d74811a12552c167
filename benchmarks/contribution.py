"""How well contributions rank what really happens when a neuron is removed, and what the pass costs.

On a trained ResNet-20 and CIFAR-10 photos: for each representative layer the rank correlation (Spearman, over the
neurons, mean over the classes) between a neuron's contribution to a class and the measured drop of that class's output
when the neuron's map is set to zero; beside it the same for the other classes that a class is confused with, and for
the mean activation, which anyone would try first. Then the time of the pass over the bare forward and backward passes.
`--every-layer` takes all layers, `--images` sets the number of probe images.
"""

import statistics
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from _table import Row, arguments, report
from scipy.stats import spearmanr
from torch import nn

from cnnvis.analysis.group import group_layers
from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.contribute import ContributionLimits, contribute
from cnnvis.observe.inputs import DataOptions, Preprocess, from_dataset, load_model
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.trace import trace, watch_layers
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import Contributions, NeuronStatistics

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CLASSES = 10
COMPARED = ("contribution, own class", "contribution, confused classes", "mean activation, own class")


def network() -> nn.Module:
    (checkpoint,) = DATA.rglob("resnet20-12fca82f.th")
    return load_model("networks:resnet20", checkpoint=checkpoint).model


def photos(count: int) -> ImageSource:
    import networks  # pyright: ignore[reportMissingImports]

    images, labels = networks.cifar10("test")
    preprocess = Preprocess(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    return from_dataset((images[:count], labels[:count]), preprocess=preprocess, options=DataOptions(batch_size=100))


class Removal:
    """Measures outputs while one neuron's map is zero."""

    def __init__(self, model: nn.Module, graph: LayerGraph, inputs: torch.Tensor) -> None:
        self.model = model
        self.graph = graph
        self.inputs = inputs
        with torch.no_grad():
            self.outputs = model(inputs)

    def drops(self, unit: str, neurons: int) -> Iterator[np.ndarray]:
        """Yield for each neuron how much every output of every image falls without it."""
        layer = self.graph.layer(unit)
        axis = (layer.channel_axis or 0) + 1
        for neuron in range(neurons):

            def zero(output: torch.Tensor, neuron: int = neuron) -> None:
                output.select(axis, neuron).zero_()

            with torch.no_grad(), watch_layers(self.model, {layer.event: zero}):
                yield (self.outputs - self.model(self.inputs)).numpy()


def agreement(
    removal: Removal, labels: np.ndarray, unit: str, *, found: Contributions, mean: np.ndarray
) -> tuple[float, float, float]:
    """Return the rank correlations of contribution to own class, to the confused ones, and of the mean activation."""
    values, others = found.units[unit].values, found.units[unit].confused_values
    drops = np.stack(list(removal.drops(unit, values.shape[1])))  # neurons, images, outputs
    by_class = np.stack([drops[:, labels == label].mean(1) for label in range(CLASSES)])  # classes, neurons, outputs
    own = [spearman(values[label], by_class[label, :, label]) for label in range(CLASSES)]
    confused = [
        spearman(others[label, place], by_class[label, :, other])
        for label in range(CLASSES)
        for place, other in enumerate(found.confused[label].tolist())
        if other >= 0
    ]
    activation = [spearman(mean[label], by_class[label, :, label]) for label in range(CLASSES)]
    return tuple(float(np.nanmean(part)) for part in (own, confused, activation))  # pyright: ignore[reportReturnType]


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Return the rank correlation; NaN where one of them is constant."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(spearmanr(first, second).statistic)


def probe_images(source: ImageSource, found: NeuronStatistics) -> Batch:
    """Return the probe images in one batch."""
    return reduce(Batch.followed_by, source.select(found.probe.samples))


def bare(model: nn.Module, batch: Batch, size: int, backwards: int) -> None:
    """Run forward once and backward to the input so many times, on the same batches."""
    for start in range(0, len(batch.inputs), size):
        inputs = batch.inputs.image[start : start + size].clone().requires_grad_()
        outputs = model(inputs).sum(0)
        for number in range(backwards):
            torch.autograd.grad(outputs[number], inputs, retain_graph=number + 1 < backwards)


def cost(whole: Callable[[], object], others: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median ratio of the whole pass to each of the others, interleaved."""
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for _ in range(repeats):
        seconds = {name: timed(run) for name, run in others.items()}
        taken = timed(whole)
        for name, value in seconds.items():
            ratios[name].append(taken / value)
    return {name: statistics.median(values) for name, values in ratios.items()}


def timed(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--images", type=int, default=200, help="probe images")
    parser.add_argument("--data", type=int, default=2000, help="images that the statistics are collected from")
    parser.add_argument("--every-layer", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int)
    chosen = parser.parse_args()
    if not (DATA / "networks.py").is_file():
        sys.exit(f"This benchmark needs networks.py in {DATA}.")
    sys.path.insert(0, str(DATA))
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    model, source = network(), photos(chosen.data)
    graph = trace(model, next(source.batches()).inputs.take(slice(0, 1)))
    options = CollectOptions(classes=CLASSES, probe_images=chosen.images, device="cpu")
    collected = collect(model, source, graph, options=options).statistics
    found = contribute(model, source, graph, statistics=collected, options=options)
    if found.contributions is None:
        sys.exit(" ".join(found.warnings))
    probe = probe_images(source, collected)
    removal = Removal(model, graph, probe.inputs.image)
    representatives = [group.representative for group in group_layers(graph).groups]
    units = [unit.id for unit in graph.units if chosen.every_layer or unit.id in representatives]
    rows: list[Row] = []
    sums: list[tuple[float, float, float]] = []
    for unit in units:
        if unit == graph.output:
            continue  # removing an output is its contribution, to the last bit
        mean = collected.units[unit].after_mean
        results = agreement(removal, probe.labels, unit, found=found.contributions, mean=mean)
        sums.append(results)
        for name, value in zip(COMPARED, results, strict=True):
            rows.append(Row(name=f"{unit}: {name}", value=value, unit="rho", target=None, better="higher"))
    for name, value in zip(COMPARED, np.mean(sums, axis=0).tolist(), strict=True):
        title = f"mean of {len(sums)} layers: {name}"
        rows.append(Row(name=title, value=value, unit="rho", target=None, better="higher"))
    size = ContributionLimits().batch_images(graph)
    ratios = cost(
        lambda: contribute(model, source, graph, statistics=collected, options=options),
        {
            "one forward and six backward passes": lambda: bare(model, probe, size, 6),
            "one forward and one backward pass": lambda: bare(model, probe, size, 1),
        },
        chosen.repeats,
    )
    for name, value in ratios.items():
        rows.append(Row(name=f"whole pass / {name}", value=value, unit="x", target=None))
    rows.append(Row(name="  whole pass", value=1000 * found.seconds / found.images, unit="ms/image", target=None))
    rows.append(Row(name="  probe images", value=found.images, unit="images", target=None, better="higher"))
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
