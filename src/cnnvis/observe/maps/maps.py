"""The third, small pass: where representative neurons fire on their best, typical and least exciting images."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from cnnvis.observe.collect.failure import FORWARD_ERRORS, failed_forward
from cnnvis.observe.collect.interrupt import Interrupts
from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.observe.collect.options import Collected, CollectOptions
from cnnvis.observe.contribute.images import chosen_batches
from cnnvis.observe.contribute.plan import ContributionLimits
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.maps.check import drop_strangers
from cnnvis.observe.maps.keeper import Keeper
from cnnvis.observe.maps.plan import MapLimits, plan_maps
from cnnvis.observe.model_input import input_dtype
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.maps import ActivationMaps

_FAILURES = (RuntimeError, ArithmeticError, LookupError, TypeError, ValueError)
PATIENCE = 2.0
"""Seconds after which a progress bar appears."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mapped:
    """What the third pass found, and how far it came."""

    maps: ActivationMaps | None
    """None when there is nothing to show; `warnings` then say why."""
    images: int
    """Images that were looked at, of `planned`."""
    planned: int
    seconds: float
    warnings: tuple[str, ...] = ()


def map_images(
    model: nn.Module,
    source: ImageSource,
    graph: LayerGraph,
    *,
    collected: Collected,
    options: CollectOptions,
    limits: MapLimits | None = None,
) -> Mapped:
    """Return where the neurons of representative units fire on their best, typical and least exciting images.

    The images in question are run through the model again, without gradients; a neuron's map is read after its
    non-linearity. Best images are those of the top-k, typical ones those nearest to quantiles of its activation over
    the probe images, the least exciting ones those with the lowest maximum before the non-linearity; the latter two
    among some hundred probe images. The model is left as it was.

    Nothing that goes wrong here spoils an analysis: Ctrl-C, a model that fails or data that end early give what there
    is so far and a warning; data that come in another order than before give none.

    Args:
        model: The network that ``graph`` was traced from.
        source: The data that ``collected`` is from; read again, up to the last image of interest.
        graph: Its layers.
        collected: What `collect` found.
        options: What `collect` was told: representative units, device, progress.
        limits: How much to look at and to keep.

    Raises:
        ModelError: The device cannot be used.

    """
    return _Pass(model, source, graph, collected=collected, options=options, limits=limits or MapLimits()).run()


class _Pass:
    """One third pass and its progress."""

    def __init__(
        self,
        model: nn.Module,
        source: ImageSource,
        graph: LayerGraph,
        *,
        collected: Collected,
        options: CollectOptions,
        limits: MapLimits,
    ) -> None:
        self.model = unwrap(model)
        self.source = source
        self.statistics = collected.statistics
        self.options = options
        self.size = ContributionLimits().batch_images(graph)
        self.device = device_of(self.model, options.device)
        self.dtype = input_dtype(self.model)
        pictures = None if source.rereadable else collected.needed
        self.plan = plan_maps(graph, self.statistics, options.representatives, limits, pictures=pictures)
        layers = {layer.id: layer for layer in graph.layers}
        self.keepers = [Keeper(plan, layers[plan.unit.before], layers[plan.unit.id]) for plan in self.plan.units]
        self.warnings: list[str] = []
        self.done = 0

    def run(self) -> Mapped:
        """Run the pass to its end, or as far as it comes."""
        started = perf_counter()
        try:
            self._read()
        except KeyboardInterrupt:
            self.warnings.append(f"Activation maps were stopped early, at {self._progress()}.")
        except CnnvisError as error:
            self.warnings.append(f"{error} Activation maps stopped at {self._progress()}.")
        except _FAILURES as error:  # what was collected is worth more than its maps
            reason = " ".join(str(error).split()) or type(error).__name__
            self.warnings.append(f"Activation maps failed ({reason}), at {self._progress()}; all else is there.")
        else:
            self._say_what_is_missing()
        maps = drop_strangers({keeper.plan.unit.id: keeper.result() for keeper in self.keepers}, self.statistics)
        if maps is None:
            self.warnings.append(
                "There are no activation maps: the images were not the same, or not in the same order, the second time."
            )
        return Mapped(
            maps=maps if maps is not None and len(maps.samples) else None,
            images=self.done,
            planned=len(self.plan.samples),
            seconds=perf_counter() - started,
            warnings=tuple(self.warnings),
        )

    def _read(self) -> None:
        total = len(self.plan.samples)
        if not total:
            return
        interrupts = Interrupts()
        with ExitStack() as stack:
            stack.enter_context(evaluating(self.model, self.device))
            stack.enter_context(interrupts.watching())
            shown = self.options.progress
            bar = stack.enter_context(
                tqdm(total=total, desc="activation maps", unit="img", disable=not shown, delay=PATIENCE, leave=False)
            )
            stack.enter_context(watch_layers(self.model, _by_event(self.keepers)))
            for batch in chosen_batches(self.source, self.plan.samples, self.size):
                with interrupts.shielded():
                    self._look(batch)
                    self.done += len(batch.samples)
                bar.update(len(batch.samples))

    def _look(self, batch: Batch) -> None:
        candidate = np.isin(batch.samples, self.plan.candidates)
        for keeper in self.keepers:
            keeper.start(batch.samples, candidate)
        inputs = batch.inputs.to(self.device, self.dtype)
        try:
            inputs.call(self.model)
        except FORWARD_ERRORS as error:
            raise failed_forward(error, self.model, 0, inputs) from error

    def _progress(self) -> str:
        return f"{self.done:,} of {len(self.plan.samples):,} images"

    def _say_what_is_missing(self) -> None:
        if self.done < len(self.plan.samples):
            self.warnings.append(f"Activation maps cover {self._progress()}; the others were not found again.")
        if self.plan.kept < self.plan.wanted:
            self.warnings.append(
                f"Activation maps are kept for {self.plan.kept:,} of {self.plan.wanted:,} pairs of a neuron and an "
                "image; first come each neuron's best image and the last layers."
            )


def _by_event(keepers: Sequence[Keeper]) -> dict[str, Callable[[torch.Tensor], None]]:
    """Return one callback per event that calls everyone who waits for it."""
    calls: dict[str, list[Callable[[torch.Tensor], None]]] = {}
    for keeper in keepers:
        for event, call in keeper.callbacks():
            calls.setdefault(event, []).append(call)

    def together(event: str) -> Callable[[torch.Tensor], None]:
        def call_all(output: torch.Tensor) -> None:
            for call in calls[event]:
                call(output)

        return call_all

    return {event: together(event) for event in calls}
