"""Contributions written out slowly: one image, one layer and one class at a time."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.contribute import Contributed, ContributionLimits, contribute
from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet
from tests.observe.collect.helpers import Memory, evenly


def statistics_of(labels: np.ndarray, confusion: np.ndarray, samples: np.ndarray | None = None) -> NeuronStatistics:
    """Return statistics that hold nothing but a probe set of all images and a confusion matrix."""
    count = np.arange(len(labels)) if samples is None else samples
    classes = len(confusion)
    probe = ProbeSet(samples=count, labels=labels.astype(np.int64), predictions=labels.astype(np.int64), means={})
    images = np.bincount(labels[labels >= 0], minlength=classes)
    return NeuronStatistics(units={}, class_images=images, confusion=confusion, probe=probe)


def everything_confused(classes: int) -> np.ndarray:
    """Return a confusion matrix in which every class is taken for every other."""
    return np.ones((classes, classes), np.int64) + np.arange(classes)[::-1]


def contributed(
    model: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    confusion: np.ndarray | None = None,
    batches: Sequence[np.ndarray] | None = None,
    graph: LayerGraph | None = None,
    limits: ContributionLimits | None = None,
    **choices: object,
) -> Contributed:
    """Run the pass over images in memory, all of them probe images."""
    classes = int(labels.max()) + 1 if confusion is None else len(confusion)
    confusion = everything_confused(classes) if confusion is None else confusion
    return contribute(
        model,
        Memory(images, labels, batches or evenly(len(images), 4)),
        graph or trace(model, torch.from_numpy(images[:1])),
        statistics=statistics_of(labels, confusion),
        options=CollectOptions(**{"classes": classes, "device": "cpu"} | choices),
        limits=limits,
    )


def analysed(model: nn.Module, source: Memory, **choices: object) -> tuple[LayerGraph, NeuronStatistics]:
    """Trace and collect, as the pipeline does."""
    graph = trace(model, torch.from_numpy(source.inputs[:1]))
    options = CollectOptions(**{"classes": int(source.labels.max()) + 1, "device": "cpu"} | choices)
    return graph, collect(model, source, graph, options=options).statistics


class Stepwise(nn.Module):
    """A network as a list of steps, each of which may use any earlier value: easy to cut at any place."""

    def __init__(self, steps: Sequence[nn.Module]) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for step in self.steps:
            x = step(x)
        return x

    def by_hand(self, image: np.ndarray, at: int, output: int) -> np.ndarray:
        """Return gradient times activation of the channels after step ``at``, for one image and one output."""
        self.eval()
        value = torch.from_numpy(image)[None]
        with torch.no_grad():
            for step in self.steps[: at + 1]:
                value = step(value.clone())
        value = value.clone().requires_grad_()
        rest = value.clone()
        for step in self.steps[at + 1 :]:
            rest = step(rest.clone())
        rest[0, output].backward()
        product = (value * value.grad)[0].detach().double()
        return product.flatten(1).sum(1).numpy() if product.ndim > 1 else product.numpy()


def noise(count: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Return random images."""
    return np.random.default_rng(seed).standard_normal((count, *shape)).astype(np.float32)


def close(actual: np.ndarray, wanted: np.ndarray) -> None:
    """Check that two arrays agree as far as float32 can."""
    np.testing.assert_allclose(actual, wanted, rtol=2e-5, atol=2e-5 * max(1.0, float(np.nanmax(np.abs(wanted)))))
