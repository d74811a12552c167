"""What one batch says about every neuron: filled by callbacks while the model runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int

from cnnvis.observe.collect.activation import Activation
from cnnvis.observe.collect.counted import EVERY, Counted, CountedImages, CountPlan
from cnnvis.observe.collect.maxima import Entry, Map
from cnnvis.observe.collect.reduce import (
    Block,
    Columns,
    Index,
    Plan,
    Reducer,
    as_map,
    map_width,
)
from cnnvis.observe.collect.top import pack
from cnnvis.observe.trace.watch import Around, Callback, together
from cnnvis.schema.graph import Layer, LayerGraph, Unit

Entries = tuple[Entry, Entry, Float[np.ndarray, " entries"], Entry, int]
"""Neurons, images, values and positions that may enter a top-k, and the width of the unit's maps."""


_WHOLE: Index = (slice(None), slice(None))


@dataclass(eq=False)
class Seen:
    """What a unit did in the current batch."""

    positions: int = 0
    """Positions per neuron and image; 0 until the unit ran."""
    width: int = 1
    done: bool = False
    """Whether both its values, before and after, have come."""


@dataclass(frozen=True, eq=False)
class Watched:
    """A unit with what is needed to measure it."""

    unit: Unit
    before: Layer
    after: Layer
    activation: Activation
    part: slice
    """Its columns in the table."""
    alone: bool = False
    """Whether the layer after the non-linearity is that non-linearity of the layer before, and of nothing else."""

    @property
    def needs_output(self) -> bool:
        """Whether the value after the non-linearity must be read too."""
        return self.activation.kind != "none"


@dataclass(eq=False)
class Exact:
    """Places in the table that need a second look: not finite, or a sum too large for its format."""

    nonfinite: Int[torch.Tensor, "images neurons"]
    before: Float64[torch.Tensor, "images neurons"]
    after: Float64[torch.Tensor, "images neurons"]
    """Sums in float64 of maps whose values are finite but whose sum is not; NaN where the table's sums hold."""

    @classmethod
    def nothing(cls, images: int, neurons: int, device: torch.device) -> "Exact":
        """Return places of which none needs a second look."""
        unknown = torch.full((2, images, neurons), torch.nan, dtype=torch.float64, device=device)
        return cls(torch.zeros(images, neurons, dtype=torch.int64, device=device), *unknown)


class Table:
    """One row per image, one column per neuron of all units; sums over positions, not yet means."""

    def __init__(self, watched: list[Watched], reducer: Reducer, top_k: int, plan: CountPlan) -> None:
        self.watched = watched
        self.reducer = reducer
        self.top_k = top_k
        self.plan = plan
        self.neurons = watched[-1].part.stop if watched else 0
        self.seen = [Seen() for _ in watched]
        self.entries: list[Entries] = []
        self.exact: Exact | None = None
        self.thresholds: Float[np.ndarray, " neurons"] = np.full(self.neurons, -np.inf, np.float32)
        """Values below these cannot enter a top-k; to be changed in place."""
        self.places: Int[torch.Tensor, "images neurons"] | None = None
        self.counted = CountedImages(EVERY, EVERY)
        self._samples = np.zeros(0, np.int64)
        self._images = 0
        self._allocate(0, torch.device("cpu"))

    def callbacks(self) -> dict[str, Callback]:
        """Return what to call when which layer has run."""
        wanted: dict[str, list[Callback]] = {}
        for number, watched in enumerate(self.watched):
            if watched.alone:
                continue
            wanted.setdefault(watched.before.event, []).append(self._on_before(number))
            if watched.needs_output:
                wanted.setdefault(watched.after.event, []).append(self._on_after(number))
        return {event: together(calls) for event, calls in wanted.items()}

    def around(self) -> dict[str, Around]:
        """Return what to call in the place of which non-linearity: it computes it, and sees both its ends at once."""
        return {each.after.event: self._around(number) for number, each in enumerate(self.watched) if each.alone}

    def start(self, samples: Int[np.ndarray, " images"], *, device: torch.device, exactly: bool = False) -> None:
        """Get ready for a batch of these images.

        ``exactly``: also find out which values are not finite, which the fast reductions only let one suspect.
        """
        images = len(samples)
        if images != self._images or self.before.device != device:
            self._allocate(images, device)
        self._samples = samples
        self.counted = CountedImages.of_batch(self.plan, samples, device)
        self.positive.zero_()  # images that are not counted
        self.slope.zero_()
        self.seen = [Seen() for _ in self.watched]
        self.entries = []
        self.exact = Exact.nothing(images, self.neurons, device) if exactly else None

    def _allocate(self, images: int, device: torch.device) -> None:
        blocks = torch.zeros((5, images, self.neurons), device=device)
        self.before, self.after, self.positive, self.highest, self.slope = blocks
        # A CPU looks up the few winners' places; on a GPU that would make it wait, so it notes all of them.
        on_cpu = device.type == "cpu"
        self.places = None if on_cpu else torch.zeros(blocks.shape[1:], dtype=torch.int64, device=device)
        self._images = images
        self._before_plans: list[Plan | None] = [None] * len(self.watched)
        self._after_plans: list[Plan | None] = [None] * len(self.watched)
        self._columns = [
            Columns(
                before=blocks[0, :, watched.part],
                shares=blocks[1:3, :, watched.part],
                highest=blocks[3, :, watched.part],
                slope=blocks[4, :, watched.part],
                place=None if self.places is None else self.places[:, watched.part],
            )
            for watched in self.watched
        ]
        # numpy looks at small arrays with less ado than torch.
        self._found = [columns.highest.numpy() for columns in self._columns] if on_cpu else []
        self._limits = [self.thresholds[watched.part] for watched in self.watched]

    def _on_before(self, number: int) -> Callback:
        watched = self.watched[number]

        def on_before(output: torch.Tensor) -> None:
            values = as_map(output, watched.before, self._images)
            plan = self._plan(self._before_plans, number, values)
            plan.before(values, self.counted.where(values.shape[2]))
            self._note_seen(number, output, values)
            if self.exact is not None:
                self._look_at_before(values, watched, self._columns[number], self.exact)
            if self.places is None:
                self._find_entries(plan, values, number, _WHOLE)

        return on_before

    def _around(self, number: int) -> Around:
        on_before, on_after = self._on_before(number), self._on_after(number)

        def around(values: torch.Tensor, run: Callable[[], torch.Tensor], in_place: bool) -> torch.Tensor:
            if self._in_pieces(number, values):
                return self._through(number, values, in_place=in_place)
            on_before(values)
            result = run()
            on_after(result)
            return result

        return around

    def _in_pieces(self, number: int, values: torch.Tensor) -> bool:
        """Whether a unit's maps are so large that reading them again from memory would cost more than the calls."""
        watched = self.watched[number]
        if self.exact is not None or self.places is not None or watched.activation.kind != "clamp":
            return False
        if values.dtype != torch.float32 or values.numel() * 4 <= self.reducer.piece or len(values) != self._images:
            return False
        # Its map must be a view, for the result is written through it.
        dense = values.is_contiguous() or (values.ndim == 4 and values.is_contiguous(memory_format=torch.channels_last))
        return dense and watched.before.channel_axis == 0 and values.ndim == len(watched.before.shape) + 1

    def _through(self, number: int, values: torch.Tensor, *, in_place: bool) -> torch.Tensor:
        watched = self.watched[number]
        result = values if in_place else torch.empty_like(values)
        maps, written = (as_map(each, watched.before, self._images) for each in (values, result))
        plan = self._plan(self._before_plans, number, maps)
        self._note_seen(number, values, maps)
        self.seen[number].done = True
        counted = self.counted.where(maps.shape[2])
        plan.through(maps, written, counted, lambda index: self._find_entries(plan, maps, number, index))
        return result

    def _plan(self, plans: list[Plan | None], number: int, values: Map) -> Plan:
        plan = plans[number]
        if plan is None or not plan.fits(values):
            plan = plans[number] = Plan(values, self.watched[number].activation, self._columns[number], self.reducer)
        return plan

    def _note_seen(self, number: int, output: torch.Tensor, values: Map) -> None:
        watched, positions = self.watched[number], values.shape[2]
        width = map_width(output, watched.before, positions)
        self.seen[number] = Seen(positions, width, done=not watched.needs_output)

    def _on_after(self, number: int) -> Callback:
        watched = self.watched[number]

        def on_after(output: torch.Tensor) -> None:
            if not self.seen[number].positions:
                return
            values = as_map(output, watched.after, self._images)
            self._plan(self._after_plans, number, values).after(values, self.counted.where(values.shape[2]))
            self.seen[number].done = True
            if self.exact is not None:
                self._look_at_after(values, watched.part, self._columns[number].shares[0], self.exact)

        return on_after

    def counted_mask(self, device: torch.device) -> Bool[torch.Tensor, "images units"]:
        """Return which images were counted for which unit."""
        mask = torch.zeros((self._images, len(self.seen)), dtype=torch.bool, device=device)
        for number, seen in enumerate(self.seen):
            mask[self.counted.where(seen.positions), number] = True
        return mask

    def counted_images(self) -> Int[np.ndarray, " units"]:
        """Return how many images were counted for each unit."""
        return np.array([_length(self.counted.where(seen.positions), self._images) for seen in self.seen], np.int64)

    def _find_entries(self, plan: Plan, values: Map, number: int, index: Index) -> None:
        """Note value, image and place of the maps, of a piece of them, that may enter their neuron's top-k."""
        found = self._found[number][index]
        mask = found >= self._limits[number][index[1]]  # NaN is never at or above
        if not mask.any():
            return
        images, neurons = mask.nonzero()
        if len(images) > self.top_k * found.shape[1]:
            images, neurons = _best_of_batch(found, self._samples[index[0]], self.top_k)
        part = values if index is _WHOLE else values[index]
        highest, width = found[images, neurons], self.seen[number].width
        places = plan.places(part, index, images, neurons, highest)
        columns = neurons + (self.watched[number].part.start + (index[1].start or 0))
        # What all units share is done once per batch, in `winners`: most of the time here is spent on calls.
        self.entries.append((columns, images + (index[0].start or 0), highest, places, width))

    def winners(self) -> tuple[Entry, Entry, Entry]:
        """Return neurons, keys and places of the maps that may enter a top-k."""
        if not self.entries:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, nothing
        neurons, images, values, places, widths = zip(*self.entries, strict=True)
        width = np.repeat(widths, [len(entries) for entries in neurons])
        value, place = np.concatenate(values), np.concatenate(places)
        enter = np.isfinite(value)
        keys = pack(value, self._samples[np.concatenate(images)])
        packed = ((place // width) << 32) | (place % width)
        return np.concatenate(neurons)[enter], keys[enter], packed[enter]

    def _look_at_before(self, values: Map, watched: Watched, out: Columns, exact: Exact) -> None:
        for images, neurons, bad, total in _suspects(values, ~torch.isfinite(out.before)):
            columns = neurons + watched.part.start
            exact.nonfinite[images, columns] = bad
            out.highest[images[bad > 0], neurons[bad > 0]] = torch.nan  # do not compete for a place among the best
            exact.before[images, columns] = total
            if not watched.needs_output:
                exact.after[images, columns] = total

    def _look_at_after(self, values: Map, part: slice, after: Block, exact: Exact) -> None:
        for images, neurons, bad, total in _suspects(values, ~torch.isfinite(after)):
            columns = neurons + part.start
            known = exact.nonfinite[images, columns]
            exact.nonfinite[images, columns] = torch.where(known > 0, known, bad)
            exact.after[images, columns] = total


def _length(counted: Counted, images: int) -> int:
    return len(range(*counted.indices(images))) if isinstance(counted, slice) else len(counted)


SUSPECT_VALUES = 1 << 20
"""Values that are copied at a time to look at them one by one."""
Suspects = tuple[
    Int[torch.Tensor, " suspects"],
    Int[torch.Tensor, " suspects"],
    Int[torch.Tensor, " suspects"],
    Float64[torch.Tensor, " suspects"],
]


def _suspects(values: Map, mask: Bool[torch.Tensor, "images neurons"]) -> Iterator[Suspects]:
    """Yield images and neurons of suspicious maps, how many of their values are not finite, and their sum if none is.

    A network that has become NaN makes every map of every image a suspect, so this must not go map by map.
    """
    suspects = mask.nonzero()
    for images, neurons in (part.unbind(1) for part in suspects.split(max(1, SUSPECT_VALUES // values.shape[2]))):
        maps = values[images, neurons]
        bad = maps.shape[1] - torch.isfinite(maps).sum(1)
        total = torch.full(bad.shape, torch.nan, dtype=torch.float64, device=bad.device)
        total[bad == 0] = maps[bad == 0].double().sum(1)
        yield images, neurons, bad, total


def _best_of_batch(
    found: Float[np.ndarray, "images neurons"], samples: Int[np.ndarray, " images"], k: int
) -> tuple[Int[np.ndarray, " entries"], Int[np.ndarray, " entries"]]:
    keys = pack(np.where(np.isfinite(found), found, -np.inf), samples[:, None])
    images = np.argpartition(keys, len(samples) - k, axis=0)[len(samples) - k :]
    return images.ravel(), np.tile(np.arange(found.shape[1]), k)


def watch_list(graph: LayerGraph, activations: dict[str, Activation]) -> list[Watched]:
    """Return the graph's units with their columns, in order."""
    layers = {layer.id: layer for layer in graph.layers}
    read: dict[str, list[str]] = {}
    for edge in graph.edges:
        if layers[edge.target].kind == "activation":
            read.setdefault(edge.target, []).append(edge.source)
    result: list[Watched] = []
    start = 0
    for unit in graph.units:
        part = slice(start, start + unit.neurons)
        activation = activations[unit.id]
        alone = activation.kind in ("clamp", "formula") and read.get(unit.id) == [unit.before]
        result.append(Watched(unit, layers[unit.before], layers[unit.id], activation, part, alone))
        start = part.stop
    return result
