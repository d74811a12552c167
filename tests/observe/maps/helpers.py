"""A small network, its maps by plain forward hooks, and the pass run on images in memory."""

from typing import Any

import numpy as np
import torch
from torch import nn

from cnnvis.observe.collect import Collected, CollectOptions, collect
from cnnvis.observe.maps import MapLimits, Mapped, map_images
from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph
from tests.observe.collect.helpers import Memory, evenly

CLASSES = 3


def small() -> nn.Sequential:
    """Return a network of three units: a large map behind ReLU, a small one behind GELU, and three outputs."""
    torch.manual_seed(0)
    balanced = nn.Conv2d(4, 5, 3)
    with torch.no_grad():  # so that every neuron fires on some image
        balanced.weight -= balanced.weight.mean((1, 2, 3), keepdim=True)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(4),
        balanced,
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(5 * 7 * 6, CLASSES),
    )


def noise(count: int, seed: int = 0) -> np.ndarray:
    """Return random images that `small` takes."""
    return np.random.default_rng(seed).standard_normal((count, 2, 36, 32)).astype(np.float32)


def values_at(model: nn.Sequential, images: np.ndarray, step: int) -> np.ndarray:
    """Return [images, channels, height, width] after a step of the network, by a forward hook."""
    found: list[torch.Tensor] = []
    model.eval()
    handle = model[step].register_forward_hook(lambda _module, _inputs, output: found.append(output.detach().clone()))
    with torch.no_grad():
        for image in images:
            model(torch.from_numpy(image)[None])
    handle.remove()
    values = torch.cat(found).numpy()
    return values if values.ndim == 4 else values[:, :, None, None]


def prepared(
    model: nn.Module, source: Memory, representatives: tuple[str, ...], **choices: Any
) -> tuple[LayerGraph, Collected, CollectOptions]:
    """Trace and collect, as the pipeline does."""
    graph = trace(model, torch.from_numpy(source.inputs[:1]))
    options = CollectOptions(
        **{"classes": CLASSES, "device": "cpu", "representatives": representatives, "top_k": 4} | choices
    )
    return graph, collect(model, source, graph, options=options), options


def mapped(
    model: nn.Module,
    images: np.ndarray,
    *,
    representatives: tuple[str, ...] = ("1", "4", "6"),
    limits: MapLimits | None = None,
    second: Memory | None = None,
    **choices: Any,
) -> tuple[Mapped, Collected]:
    """Run collect, then the pass; ``second``: the data as they come the second time."""
    source = Memory(images, np.arange(len(images)) % CLASSES, evenly(len(images), 4))
    graph, collected, options = prepared(model, source, representatives, **choices)
    return map_images(model, second or source, graph, collected=collected, options=options, limits=limits), collected
