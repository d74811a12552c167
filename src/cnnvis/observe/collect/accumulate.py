"""Adds one batch after another into float64 sums, on the device where the model runs."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int, Shaped

from cnnvis.observe.collect.probe import ProbeKeeper
from cnnvis.observe.collect.summary import Summary, SummaryShape
from cnnvis.observe.collect.table import Exact, Table
from cnnvis.observe.collect.top import Top, pack_tensor, values_of

Matrix = Float64[torch.Tensor, "images neurons"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """Which images a batch held and what the model said about them."""

    samples: Int[np.ndarray, " images"]
    labels: Int[np.ndarray, " images"]
    columns: Int[np.ndarray, " images"]
    """Column of the confusion matrix that the prediction falls in; -1 for a model that does not classify."""
    predictions: Int[np.ndarray, " images"]
    """Predicted label, -1 where the output is no class."""
    groups: Int[np.ndarray, " images"]
    """The class that an image counts for: its label or, in data without labels, the predicted one; -1 without."""


class Accumulator:
    """The running sums of a pass; `summary` gives them as a value. The summary to start from is used up."""

    def __init__(self, shape: SummaryShape, table: Table, start: Summary, *, device: torch.device) -> None:
        self.shape = shape
        self.table = table
        self.device = device
        self.images = int(start.images.sum())
        self._images, self._ran = start.images.copy(), start.ran.copy()
        self._confusion, self._correct = start.confusion.copy(), start.correct
        self._left_out = None if start.left_out is None else self._tensor(start.left_out)
        self._after, self._square, self._before = map(self._tensor, (start.after, start.after_square, start.before))
        self._minimum, self._maximum = self._tensor(start.minimum), self._tensor(start.maximum)
        self._positions, self._positive, self._slope = map(self._tensor, (start.positions, start.positive, start.slope))
        self._nonfinite = self._tensor(start.nonfinite)
        self._top = Top(start.top.keys.copy(), start.top.places.copy())
        self._keys, self._places = self._tensor(start.top.keys.T), self._tensor(start.top.places.T)
        self._probe = ProbeKeeper(shape.probe, start.probe)
        self._probed = torch.from_numpy(shape.probe_columns()).to(device)
        self._sizes = [watched.unit.neurons for watched in table.watched]
        self._unit_of = torch.from_numpy(np.repeat(np.arange(len(self._sizes)), self._sizes)).to(device)
        self._geometry: tuple[tuple[int, ...], Float64[torch.Tensor, " neurons"]] = (), self._tensor(np.zeros(0))
        self._own_slope = self._columns("formula", ceiling=True)
        self._unit_slope = self._columns("none", "unknown")
        table.thresholds[:] = values_of(self._top.keys[:, -1])

    def absorb(self, outcome: Outcome) -> None:
        """Add what the table says about these images."""
        table = self.table
        done = np.array([seen.done for seen in table.seen], bool)
        positions = self._positions_of(tuple(seen.positions for seen in table.seen))
        skipped = None if done.all() else self._tensor(np.repeat(~done, self._sizes))
        rows = np.where(outcome.groups < 0, self.shape.classes, outcome.groups)
        self._count(rows, done, outcome)
        left = None if table.exact is None else table.exact.nonfinite > 0
        after, before = self._means(positions, skipped, left)
        self._add(self._after, rows, after)
        self._add(self._square, rows, after * after)
        self._add(self._before, rows, before)
        self._spread(after, left, skipped)
        self._shares(positions, left, skipped, rows)
        self._best(outcome.samples, skipped)
        self._keep_probe(outcome, after)
        self.images += len(rows)

    def summary(self) -> Summary:
        """Return the sums so far; on a CPU they share memory with these, so use them before a batch is added."""
        if self.device.type != "cpu":
            self._top = Top(_numpy(self._keys).T.copy(), _numpy(self._places).T.copy())
        return Summary(
            images=self._images,
            ran=self._ran,
            left_out=None if self._left_out is None else _numpy(self._left_out),
            after=_numpy(self._after),
            after_square=_numpy(self._square),
            before=_numpy(self._before),
            minimum=_numpy(self._minimum),
            maximum=_numpy(self._maximum),
            positions=_numpy(self._positions),
            positive=_numpy(self._positive),
            slope=_numpy(self._slope),
            nonfinite=_numpy(self._nonfinite),
            top=self._top,
            confusion=self._confusion,
            correct=self._correct,
            probe=self._probe.result(),
        )

    def score(self) -> tuple[int, int]:
        """Return the number of images with a label, and of those predicted right."""
        return int(self._images[:-1].sum()), self._correct

    def winners(self) -> Int[np.ndarray, "neurons k"]:
        """Return the keys of the best images so far."""
        return self._top.keys if self.device.type == "cpu" else _numpy(self._keys).T

    def _positions_of(self, positions: tuple[int, ...]) -> Float64[torch.Tensor, " neurons"]:
        """Return each neuron's positions; nearly always those of the batch before."""
        if self._geometry[0] != positions:
            self._geometry = positions, self._tensor(np.repeat(positions, self._sizes).astype(np.float64))
        return self._geometry[1]

    def _count(self, rows: Int[np.ndarray, " images"], done: Bool[np.ndarray, " units"], outcome: Outcome) -> None:
        counts = np.bincount(rows, minlength=self.shape.classes + 1)
        self._images += counts
        self._ran[done] += counts
        known = (outcome.labels >= 0) & (outcome.columns >= 0)
        np.add.at(self._confusion, (outcome.labels[known], outcome.columns[known]), 1)
        self._correct += int((outcome.labels[known] == outcome.predictions[known]).sum())

    def _means(
        self,
        positions: Float64[torch.Tensor, " neurons"],
        skipped: Bool[torch.Tensor, " neurons"] | None,
        left: Bool[torch.Tensor, "images neurons"] | None,
    ) -> tuple[Matrix, Matrix]:
        """Return the activations after and before; 0 where an image does not count for a neuron."""
        after, before = self.table.after, self.table.before
        if self.table.exact is not None:
            after = _mended(after, self.table.exact.after)
            before = _mended(before, self.table.exact.before)
        if self.table.reducer.maximum:
            after, before = after.double(), before.double()
        else:
            after, before = after / positions, before / positions  # in float64, as the positions are
        for mask in (skipped, left):
            if mask is not None:
                after, before = (torch.where(mask, 0.0, values) for values in (after, before))
        return after, before

    def _add(
        self, sums: Float64[torch.Tensor, "rows neurons"], rows: Int[np.ndarray, " images"], values: Matrix
    ) -> None:
        if self.device.type == "cpu":
            sums.index_add_(0, torch.from_numpy(rows), values)
            return
        # index_add is not deterministic on a GPU, a product with one column per class present is.
        present, which = np.unique(rows, return_inverse=True)
        chosen = torch.from_numpy((which[None] == np.arange(len(present))[:, None]).astype(np.float64))
        index = torch.from_numpy(present).to(self.device)
        sums[index] += chosen.to(self.device) @ values

    def _spread(
        self,
        after: Matrix,
        left: Bool[torch.Tensor, "images neurons"] | None,
        skipped: Bool[torch.Tensor, " neurons"] | None,
    ) -> None:
        low = high = after
        for mask in (left, skipped):
            if mask is not None:
                low, high = torch.where(mask, torch.inf, low), torch.where(mask, -torch.inf, high)
        torch.minimum(self._minimum, low.amin(0), out=self._minimum)
        torch.maximum(self._maximum, high.amax(0), out=self._maximum)

    def _shares(
        self,
        positions: Float64[torch.Tensor, " neurons"],
        left: Bool[torch.Tensor, "images neurons"] | None,
        skipped: Bool[torch.Tensor, " neurons"] | None,
        rows: Int[np.ndarray, " images"],
    ) -> None:
        positive, own = self.table.positive, self.table.slope[:, self._own_slope]
        seen = positions * self._tensor(np.repeat(self.table.counted_images(), self._sizes))
        if left is not None and self.table.exact is not None:
            counted = self.table.counted_mask(self.device)
            seen = positions * (counted[:, self._unit_of] & ~left).sum(0)
            positive = torch.where(left, 0.0, positive)
            own = torch.where(left[:, self._own_slope], 0.0, own)
            self._note_left_out(left, rows, self.table.exact)
        above = positive.sum(0, dtype=torch.float64)
        slope = above.clone()
        slope[self._own_slope] = own.sum(0, dtype=torch.float64)
        slope[self._unit_slope] = seen[self._unit_slope]
        if skipped is not None:
            seen, above, slope = (torch.where(skipped, 0.0, values) for values in (seen, above, slope))
        self._positions += seen
        self._positive += above
        self._slope += slope

    def _note_left_out(
        self, left: Bool[torch.Tensor, "images neurons"], rows: Int[np.ndarray, " images"], exact: Exact
    ) -> None:
        if self._left_out is None:
            self._left_out = torch.zeros_like(self._after, dtype=torch.int64)
        for image, row in enumerate(rows.tolist()):
            self._left_out[row] += left[image]
        self._nonfinite += exact.nonfinite.sum(0)

    def _best(self, samples: Int[np.ndarray, " images"], skipped: Bool[torch.Tensor, " neurons"] | None) -> None:
        table = self.table
        if table.places is None:
            if table.entries:
                self._top.insert(*table.winners())
                self.table.thresholds[:] = values_of(self._top.keys[:, -1])
            return
        keys = pack_tensor(table.highest, torch.from_numpy(samples).to(self.device))
        if skipped is not None:
            keys = torch.where(skipped, np.iinfo(np.int64).min, keys)
        widths = np.repeat([seen.width for seen in table.seen], [watched.unit.neurons for watched in table.watched])
        width = self._tensor(widths)
        places = (torch.div(table.places, width, rounding_mode="floor") << 32) | (table.places % width)
        keys, order = torch.cat([self._keys, keys]).topk(self.shape.top_k, dim=0)
        self._keys, self._places = keys, torch.cat([self._places, places]).gather(0, order)

    def _keep_probe(self, outcome: Outcome, after: Matrix) -> None:
        chosen = self._probe.candidates(outcome.samples, outcome.groups)
        if len(chosen):
            means = _numpy(after[torch.from_numpy(chosen).to(self.device)][:, self._probed])
            self._probe.add(outcome.samples[chosen], outcome.groups[chosen], outcome.predictions[chosen], means)

    def _columns(self, *kinds: str, ceiling: bool = False) -> Int[torch.Tensor, " columns"]:
        parts = [
            np.arange(watched.part.start, watched.part.stop)
            for watched in self.table.watched
            if watched.activation.kind in kinds or (ceiling and watched.activation.ceiling is not None)
        ]
        return torch.from_numpy(np.concatenate([np.zeros(0, np.int64), *parts])).to(self.device)

    def _tensor(self, array: Shaped[np.ndarray, "*shape"]) -> Shaped[torch.Tensor, "*shape"]:
        values = np.ascontiguousarray(array)
        # Shared, not copied: sums over a thousand classes are large, and untouched zeros cost nothing.
        return torch.from_numpy(values if values.flags.writeable else values.copy()).to(self.device)


def _numpy(tensor: Shaped[torch.Tensor, "*shape"]) -> Shaped[np.ndarray, "*shape"]:
    return tensor.detach().cpu().numpy()


def _mended(values: Float[torch.Tensor, "images neurons"], exact: Matrix) -> Matrix:
    return torch.where(torch.isnan(exact), values.double(), exact)
