"""A snapshot: the neurons' statistics on the probe set, taken in the middle of a training that does not notice."""

import msgspec
import torch
from torch import nn

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.record.companion import Companion, Subject
from cnnvis.observe.record.probe import ProbeImages
from cnnvis.observe.record.shield import unmoved
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph, Unit
from cnnvis.store.recording import Snapshot

MEANS_BYTES = 16 * 2**20
"""Up to this size a snapshot keeps each probe image's neuron means for every unit."""
_FAILURES = (CnnvisError, RuntimeError, ArithmeticError, LookupError, TypeError, ValueError)


class Snapshots:
    """Takes snapshots of one network.

    Args:
        model: The network.
        graph: Its layers.
        probe: The images that they are taken on.
        classes: Number of classes.
        output: Which entry of a tuple or dict output holds the logits.
        companion: Adds what can be found out beside the statistics.

    """

    def __init__(
        self, model: nn.Module, graph: LayerGraph, probe: ProbeImages, *, classes: int, output: str | None,
        companion: Companion,
    ) -> None:  # fmt: skip
        self._model = model
        self._graph = graph
        self._probe = probe
        self._companion = companion
        self._options = CollectOptions(
            classes=classes,
            representatives=representatives(graph, len(probe.labels)),
            device=str(home_of(model)),
            output=output,
        )

    def take(self, step: int, *, few: bool = False, seconds: float = 0.0) -> Snapshot:
        """Return the network as it is now.

        Args:
            step: Steps that were done.
            few: Whether some of the probe images are enough.
            seconds: Time that may be spent on more than the statistics.

        Raises:
            CnnvisError: The model fails on the probe images.
            KeyboardInterrupt: Ctrl-C was pressed meanwhile.

        """
        source = self._probe.few if few else self._probe.source
        with unmoved(self._model):
            collected = collect(self._model, source, self._graph, options=self._options)
            if not collected.facts.complete:
                raise KeyboardInterrupt  # it was meant for the training
            warnings = tuple(dict.fromkeys((*self._graph.notes, *collected.facts.warnings)))
            facts = msgspec.structs.replace(collected.facts, step=step, warnings=warnings)
            snapshot = Snapshot(facts=facts, statistics=collected.statistics)
            if collected.facts.nonfinite:
                return snapshot  # nothing more can be said of it
            subject = Subject(
                model=self._model, graph=self._graph, source=source, collected=collected, options=self._options,
                seconds=seconds,
            )  # fmt: skip
            try:
                return self._companion(subject, snapshot)
            except _FAILURES:  # the statistics are worth more than what else might be said
                return snapshot


def home_of(model: nn.Module) -> torch.device:
    """Return the device that the model is on."""
    return next((tensor.device for tensor in (*model.parameters(), *model.buffers())), torch.device("cpu"))


def representatives(graph: LayerGraph, images: int) -> tuple[str, ...]:
    """Return the units whose means per image are kept: all while that is little, else the last of each map size."""
    units = graph.units
    if 2 * images * sum(unit.neurons for unit in units) <= MEANS_BYTES:
        return tuple(unit.id for unit in units)
    sizes = {layer.id: tuple(layer.shape[axis] for axis in layer.spatial_axes) for layer in graph.layers}
    chosen: list[Unit] = []
    for unit, following in zip(units, (*units[1:], None), strict=True):
        last = following is None or sizes[following.id] != sizes[unit.id]
        if last or unit.role == "linear":
            chosen.append(unit)
    return tuple(unit.id for unit in chosen)
