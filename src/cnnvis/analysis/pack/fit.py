"""Fitting the sides of a few tiles to one another, so that they leave fewer gaps."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from cnnvis.analysis.pack.columns import WIDEST
from cnnvis.analysis.pack.packing import Packing
from cnnvis.analysis.pack.sides import LARGEST, PLAY, SMALLEST

STRIDES = (8, 3, 1)
"""Cells by which sides are changed, first coarsely."""
MOST_ROUNDS = 40
PREFERENCE = 0.02
"""Fill that an aspect is given up for that is e times the one preferred."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrangement:
    """Where tiles lie, roughly: what lies left of what and what above is kept when their sides are fitted."""

    x: Float[np.ndarray, " tiles"]
    y: Float[np.ndarray, " tiles"]
    side: Float[np.ndarray, " tiles"]

    def score(self, aspect: float) -> float:
        """Return how full it is, less what its shape costs."""
        area = (self.side**2).sum(keepdims=True)
        width, height = (self.x + self.side).max(keepdims=True), (self.y + self.side).max(keepdims=True)
        return float(_scores(area, width, height, aspect)[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class SidePlay:
    """Which sides tiles may get. Tiles of equal importance are one group; groups rise with importance."""

    group: Int[np.ndarray, " tiles"]
    wanted: Int[np.ndarray, " groups"]
    low: Int[np.ndarray, " groups"]
    high: Int[np.ndarray, " groups"]
    apart: Int[np.ndarray, " neighbours"]
    """Cells that a group is larger than the one before it, at least: 0 or 1."""

    @property
    def sides(self) -> Int[np.ndarray, " tiles"]:
        """The side of each tile as its importance says."""
        return self.wanted[self.group]

    def allows(self, sides: Int[np.ndarray, "choices groups"]) -> Bool[np.ndarray, " choices"]:
        """Whether each choice of sides is within the play and keeps what is larger larger."""
        inside = (sides >= self.low) & (sides <= self.high)
        ordered = np.diff(sides, axis=1) >= self.apart
        return np.logical_and.reduce(inside, axis=1) & np.logical_and.reduce(ordered, axis=1)


def side_play(importance: Float[np.ndarray, " tiles"], exact: Float[np.ndarray, " tiles"]) -> SidePlay:
    """Return which sides tiles of these importances may get; NaN counts as the smallest importance.

    Args:
        importance: One number per neuron.
        exact: The side that each importance asks for, in cells.

    """
    numbers = np.where(np.isfinite(importance), importance, -np.inf)
    _, first, group = np.unique(numbers, return_index=True, return_inverse=True)
    asked = exact[first]
    wanted = np.floor(asked + 0.5).astype(np.int64)
    low = np.clip(np.ceil(asked * (1 - PLAY)).astype(np.int64), SMALLEST, wanted)
    high = np.clip(np.floor(asked * (1 + PLAY)).astype(np.int64), wanted, LARGEST)
    return SidePlay(
        group=group.reshape(-1).astype(np.int64),
        wanted=wanted,
        low=low,
        high=high,
        apart=np.minimum(np.diff(wanted), 1),
    )


def fit_sides(arrangement: Arrangement, play: SidePlay, aspect: float = 1.0) -> Arrangement:
    """Change sides within their play as long as the tiles fill their rectangle better, each keeping its neighbours.

    Of any two tiles one stays left of the other, or above it, whichever they are farther apart. Sides start at what
    the importances ask for; then those of one group, or of all groups from one on, grow or shrink together, always by
    the change that helps most.
    """
    order = _Order.of(arrangement)
    groups = play.wanted
    number = len(groups)
    one_group = np.eye(number, dtype=np.int64)
    steps = np.concatenate([one_group, np.triu(np.ones((number, number), np.int64))[1:-1]])
    best = float(order.scores(groups[play.group][None], aspect)[0])
    rounds = 0
    for stride in STRIDES:
        while rounds < MOST_ROUNDS:
            rounds += 1
            choices = np.concatenate([groups + stride * steps, groups - stride * steps])
            choices = choices[play.allows(choices)]
            if not len(choices):
                break
            scores = order.scores(choices[:, play.group], aspect)
            chosen = int(scores.argmax())
            if scores[chosen] <= best + 1e-9:
                break
            best, groups = float(scores[chosen]), choices[chosen]
    sides = groups[play.group][None]
    x, y = order.places(sides)
    return Arrangement(x=x[0].astype(np.float64), y=y[0].astype(np.float64), side=sides[0].astype(np.float64))


def as_packing(arrangement: Arrangement) -> Packing:
    """Return an arrangement of whole cells as a packing of one region."""
    x, y, side = (array.astype(np.int64) for array in (arrangement.x, arrangement.y, arrangement.side))
    none = np.zeros_like(side)
    width, height = int((x + side).max()), int((y + side).max())
    return Packing(width=width, height=height, x=x, y=y, side=side, region=none, column=none)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Order:
    """For each tile in the order along an axis, the tiles that end before it starts."""

    across: list[tuple[int, Int[np.ndarray, " _before"]]]
    down: list[tuple[int, Int[np.ndarray, " _before"]]]

    @classmethod
    def of(cls, arrangement: Arrangement) -> "_Order":
        x, y, side = arrangement.x, arrangement.y, arrangement.side
        # How far each tile (row) ends before each other (column) starts; below 0 where they would overlap.
        right = x[None, :] - (x + side)[:, None]
        below = y[None, :] - (y + side)[:, None]
        most = np.maximum(np.maximum(right, right.T), np.maximum(below, below.T))
        # Centres decide which of two is first, so that there is no circle.
        first_across = _earlier(x + side / 2)
        first_down = _earlier(y + side / 2)
        is_across = np.maximum(right, right.T) == most
        return cls(
            across=_before(first_across & is_across, x + side / 2), down=_before(first_down & ~is_across, y + side / 2)
        )

    def places(
        self, sides: Int[np.ndarray, "choices tiles"]
    ) -> tuple[Int[np.ndarray, "choices tiles"], Int[np.ndarray, "choices tiles"]]:
        """Return where tiles lie when each is as far left and up as the order lets it."""
        return _pushed(self.across, sides), _pushed(self.down, sides)

    def scores(self, sides: Int[np.ndarray, "choices tiles"], aspect: float) -> Float[np.ndarray, " choices"]:
        x, y = self.places(sides)
        return _scores((sides**2).sum(axis=1), (x + sides).max(axis=1), (y + sides).max(axis=1), aspect)


def _earlier(centres: Float[np.ndarray, " tiles"]) -> Bool[np.ndarray, "tiles tiles"]:
    """Whether each tile comes before each other; of equal centres the lower index does."""
    index = np.arange(len(centres))
    same = centres[:, None] == centres[None, :]
    return (centres[:, None] < centres[None, :]) | (same & (index[:, None] < index[None, :]))


def _before(
    first: Bool[np.ndarray, "tiles tiles"], centres: Float[np.ndarray, " tiles"]
) -> list[tuple[int, Int[np.ndarray, " _before"]]]:
    return [(int(tile), np.flatnonzero(first[:, tile])) for tile in np.argsort(centres, kind="stable")]


def _pushed(
    before: list[tuple[int, Int[np.ndarray, " _before"]]], sides: Int[np.ndarray, "choices tiles"]
) -> Int[np.ndarray, "choices tiles"]:
    starts = np.zeros_like(sides)
    ends = np.zeros_like(sides)
    for tile, others in before:
        if len(others):
            starts[:, tile] = ends[:, others].max(axis=1)
        ends[:, tile] = starts[:, tile] + sides[:, tile]
    return starts


def _scores(
    area: Shaped[np.ndarray, " choices"],
    width: Shaped[np.ndarray, " choices"],
    height: Shaped[np.ndarray, " choices"],
    aspect: float,
) -> Float[np.ndarray, " choices"]:
    fill = area / (np.maximum(width, height / WIDEST) * np.maximum(height, width / WIDEST))
    return fill - PREFERENCE * np.abs(np.log(width / height) - math.log(aspect))
