"""The second, capped pass: what each neuron contributes to each class, by gradient times activation."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from cnnvis.observe.collect.interrupt import Interrupts
from cnnvis.observe.collect.model import device_of, evaluating
from cnnvis.observe.collect.options import CollectOptions
from cnnvis.observe.collect.progress import progress_bar
from cnnvis.observe.contribute.gradient import Gradients, Scores
from cnnvis.observe.contribute.images import chosen_batches
from cnnvis.observe.contribute.plan import ContributionLimits, choose_images, most_confused
from cnnvis.observe.contribute.sums import Sums
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.model_input import input_dtype
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import Contributions, NeuronStatistics


@dataclass(frozen=True, kw_only=True, eq=False)
class Contributed:
    """What the second pass found, and how far it came."""

    contributions: Contributions | None
    """None when there is nothing to tell; `warnings` then say why."""
    images: int
    """Probe images that were looked at, of `planned`."""
    planned: int
    seconds: float
    warnings: tuple[str, ...] = ()


def contribute(
    model: nn.Module,
    source: ImageSource,
    graph: LayerGraph,
    *,
    statistics: NeuronStatistics,
    options: CollectOptions,
    limits: ContributionLimits | None = None,
) -> Contributed:
    """Return each neuron's contribution to each class on the probe images of that class (design: contribution).

    The activation after the non-linearity times the gradient of the class's output before the softmax, summed over
    positions and averaged over images; also for the five classes that each class is most often confused with. One
    forward pass per batch, then one backward pass per class looked at, each for all layers at once. The model is left
    as it was: training flags, device, hooks, gradients and random numbers.

    Nothing that goes wrong here spoils an analysis: a model that allows no gradients gives no contributions and a
    warning; Ctrl-C, or data that end early, give those of the images so far and a warning that says how many.

    Args:
        model: The network that ``graph`` was traced from.
        source: The data that ``statistics`` were collected from; read again, up to the last probe image.
        graph: Its layers.
        statistics: What `collect` found: the probe set and the confusion matrix.
        options: What `collect` was told: device, logits, class map, progress.
        limits: How much to look at.

    Raises:
        ModelError: The device cannot be used.

    """
    limits = limits or ContributionLimits()
    return _Pass(model, source, graph, statistics=statistics, options=options, limits=limits).run()


class _Pass:
    """One second pass and its progress."""

    def __init__(
        self,
        model: nn.Module,
        source: ImageSource,
        graph: LayerGraph,
        *,
        statistics: NeuronStatistics,
        options: CollectOptions,
        limits: ContributionLimits,
    ) -> None:
        self.model = unwrap(model)
        self.source = source
        self.options = options
        self.size = limits.batch_images(graph)
        self.device = device_of(self.model, options.device)
        self.dtype = input_dtype(self.model)
        self.gradients = Gradients(self.model, graph, units=limits.units, output=options.output)
        classes = len(statistics.class_images)
        self.scores = Scores(classes, options.label_of_output)
        known = np.flatnonzero(self.scores.known(np.arange(classes)))
        groups = statistics.probe.groups(classes, by_prediction=options.by_prediction)
        probe = replace(statistics.probe, labels=groups)
        chosen = choose_images(probe, known, limits.images if statistics.confusion.shape[1] else 0)
        self.samples, self.labels = probe.samples[chosen], probe.labels[chosen]
        self.label_of = dict(zip(self.samples.tolist(), self.labels.tolist(), strict=True))
        confused = most_confused(statistics, limits.confused, options.label_of_output)
        self.sums = Sums(self.gradients.units, confused, self.labels)
        self.warnings: list[str] = []
        self.done = 0
        self.changed = 0
        """Images whose label is not what it was in the first pass."""

    def run(self) -> Contributed:
        """Run the pass to its end, or as far as it comes."""
        started = perf_counter()
        if not len(self.samples):
            self.warnings.append(
                "There are no contributions: no probe image has a label that the model has an output for."
            )
        else:
            try:
                self._read()
            except KeyboardInterrupt:
                self.warnings.append(f"Contributions were stopped early, at {self._progress()}.")
            except CnnvisError as error:
                self.warnings.append(f"{error} Contributions stopped at {self._progress()}.")
            else:
                self._say_what_is_odd()
        counted = bool(self.sums.images.any())
        return Contributed(
            contributions=self.sums.means() if counted else None,
            images=self.done,
            planned=len(self.samples),
            seconds=perf_counter() - started,
            warnings=tuple(self.warnings),
        )

    def _read(self) -> None:
        interrupts = Interrupts()
        with ExitStack() as stack:
            stack.enter_context(evaluating(self.model, self.device))
            stack.enter_context(_with_gradients())
            stack.enter_context(interrupts.watching())
            shown = self.options.progress
            bar = stack.enter_context(progress_bar("contributions", len(self.samples), 0, shown=shown))
            stack.enter_context(watch_layers(self.model, self.gradients.capture.callbacks()))
            for batch in chosen_batches(self.source, self.samples, self.size):
                groups = self._groups(batch)
                found = self._look(batch, groups)
                with interrupts.shielded():
                    self.sums.add(groups, found)
                    self.done += len(batch.samples)
                self.changed += sum(
                    self.label_of[sample] != label
                    for sample, label in zip(batch.samples.tolist(), groups.tolist(), strict=True)
                )
                bar.update(len(batch.samples))

    def _groups(self, batch: Batch) -> Int[np.ndarray, " images"]:
        """Return the class that each image counts for."""
        if self.options.by_prediction:
            return np.array([self.label_of[sample] for sample in batch.samples.tolist()], np.int64)
        return batch.labels

    def _look(self, batch: Batch, groups: Int[np.ndarray, " images"]) -> np.ndarray:
        inputs = batch.inputs.to(self.device, self.dtype)
        return self.gradients.look(inputs, self.scores, self.sums.targets(groups))

    def _progress(self) -> str:
        return f"{self.done} of {len(self.samples)} probe images"

    def _say_what_is_odd(self) -> None:
        if self.done < len(self.samples):
            self.warnings.append(f"Contributions cover {self._progress()}; the others were not found again.")
        if self.changed:
            self.warnings.append(
                "The data did not come in the same order again: contributions are from other images than the probe set."
            )
        if self.sums.left_out:
            self.warnings.append(
                f"{self.sums.left_out} probe images have contributions that are NaN or infinite; left out."
            )
        unreached = [unit.id for unit in self.gradients.units if unit.id not in self.gradients.reached]
        if unreached:
            more = f" and {len(unreached) - 1} more" if unreached[1:] else ""
            self.warnings.append(f"No gradient reaches {unreached[0]}{more}: contributions there are 0.")


@contextmanager
def _with_gradients() -> Generator[None]:
    """Compute gradients, even where a caller switched them off, and the same ones each time."""
    deterministic = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    try:
        with torch.inference_mode(mode=False), torch.enable_grad():
            yield
    finally:
        torch.backends.cudnn.deterministic = deterministic
