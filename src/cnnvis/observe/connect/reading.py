"""How a pass reads the probe images once more, and how it says where it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from cnnvis.observe.collect.model import device_of
from cnnvis.observe.contribute.images import chosen_batches
from cnnvis.observe.contribute.plan import choose_images
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.model_input import ModelInput, input_dtype
from cnnvis.schema.errors import DataError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import ProbeSet

_NUMBER_BYTES = 4
_LARGEST_BATCH = 64


def _nobody(_done: int, _total: int) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class ProbeReading:
    """Where the model runs and how many probe images it sees.

    Args:
        device: Where the model runs; None keeps it on its accelerator, else uses CUDA, else the CPU.
        images: Probe images at most; None takes all. Classes share them evenly.
        batch: Images per batch; None takes what fits into ``memory_bytes``, 64 at most.
        memory_bytes: Memory for the maps and gradients of one batch.
        progress: Called before and after each forward or backward pass of a batch with the passes done and in all, each
            counted once per image; what it raises ends the pass.

    """

    device: str | None = None
    images: int | None = None
    batch: int | None = None
    memory_bytes: int = 1 << 30
    progress: Callable[[int, int], None] = _nobody

    def place(self, model: nn.Module) -> torch.device:
        """Return the device to run on.

        Raises:
            ModelError: The device cannot be used.

        """
        return device_of(model, self.device)

    def samples(self, probe: ProbeSet) -> Int[np.ndarray, " images"]:
        """Return the sample ids to look at."""
        return probe.samples[choose_images(probe, np.unique(probe.labels), self.images)]

    def batches(
        self, model: nn.Module, source: ImageSource, graph: LayerGraph, probe: ProbeSet
    ) -> Iterator[tuple[ModelInput, Int[np.ndarray, " images"]]]:
        """Yield the chosen images as the model takes them, with their labels.

        Raises:
            DataError: An image does not have the label that the probe set has for it: the data are others.

        """
        place, dtype = self.place(model), input_dtype(model)
        samples = self.samples(probe)
        for batch in chosen_batches(source, samples, self._batch_images(graph)):
            _require_labels(batch, probe)
            yield batch.inputs.to(place, dtype), batch.labels

    def _batch_images(self, graph: LayerGraph) -> int:
        if self.batch is not None:
            return max(1, self.batch)
        numbers = 2 * sum(prod(layer.shape) for layer in graph.layers)
        return max(1, min(_LARGEST_BATCH, self.memory_bytes // max(1, numbers * _NUMBER_BYTES)))


def _require_labels(batch: Batch, probe: ProbeSet) -> None:
    order = np.argsort(probe.samples)
    places = order[np.searchsorted(probe.samples, batch.samples, sorter=order)]
    wrong = np.flatnonzero((probe.labels[places] >= 0) & (probe.labels[places] != batch.labels))
    if len(wrong):
        first = int(wrong[0])
        raise DataError(
            f"Image {batch.samples[first]} has label {batch.labels[first]}, but had {probe.labels[places[first]]} when "
            "the run was analysed.",
            "Give the data, and the options that choose images and their order, as for the analysis.",
        )
