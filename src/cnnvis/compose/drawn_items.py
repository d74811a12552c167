"""What is drawn between columns: bundles, single curves, and trunks past other columns; and how many there is room for.

What is joined does not depend on how much is asked for: the connections that carry 80 % of the weight are bundled among
themselves, and so are the others. More of the weight then only adds to what is drawn, and what is left out for want of
room are the weakest bundles, curves and trunks, whole ones.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.bundle import Bicluster, Bundling, Single, bundle, keep
from cnnvis.compose.cluster_links import Links, Pairs
from cnnvis.schema.connection_scene import SHARE, Sign

MOST_ITEMS = 60
"""Bundles, single curves and trunks between two neighbouring columns, those on their way past others included."""
MOST_TRUNKS = 12
"""Of these, trunks."""


@dataclass(frozen=True, kw_only=True)
class Trunk:
    """Connections of one sign between two columns that are no neighbours: one way past the columns in between."""

    sign: Sign
    links: tuple[Single, ...]
    """The strongest first."""

    @property
    def weight(self) -> float:
        """Sum of the absolute weights that it carries."""
        return sum((link.weight for link in self.links), 0.0)

    @property
    def sources(self) -> tuple[int, ...]:
        """Clusters where it begins."""
        return tuple(sorted({link.source for link in self.links}))

    @property
    def targets(self) -> tuple[int, ...]:
        """Clusters where it ends; not every source is connected with every target."""
        return tuple(sorted({link.target for link in self.links}))

    @property
    def connections(self) -> int:
        """How many it stands for."""
        return len(self.links)

    @property
    def curves(self) -> int:
        """How many it is drawn with: one per source and per target, and the way between them."""
        return len(self.sources) + len(self.targets) + 1

    def carrying(self, share: float) -> "Trunk":
        """Return it with the fewest connections that carry a share of its weight."""
        kept = keep(np.array([[link.weight for link in self.links]]), share)
        return Trunk(sign=self.sign, links=self.links[: int(kept.sum())])


Drawing = Bicluster | Single | Trunk


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """Something that is drawn, or left out, as a whole."""

    left: int
    """Place of the column that it comes from."""
    right: int
    drawing: Drawing
    share: float
    """Its part of all the weight that arrives in the right column."""
    begins: float = 0.0
    """Share of the weight of its sign between the two columns that stronger items carry."""
    late: bool = False
    """Whether it is of the weakest connections, which are not drawn by default."""

    def wanted(self, share: float) -> bool:
        """Whether it is among the strongest that carry this share of the weight between the two columns."""
        return share > 0 and (self.begins < share or share >= (1.0 if self.late else SHARE))


@dataclass(frozen=True, kw_only=True, eq=False)
class Gap:
    """Two columns with a path between them."""

    left: int
    right: int
    links: Links
    part: float
    """Of all the weight that arrives in the right column, what comes from the left one."""

    @property
    def total(self) -> int:
        """Connections there are; a pair of clusters with excitation and inhibition counts twice."""
        return int(np.count_nonzero(self.links.positive) + np.count_nonzero(self.links.negative))

    @cached_property
    def whole(self) -> float:
        """All the weight between the two columns."""
        return float(self.links.positive.sum() - self.links.negative.sum())

    def arriving(self, weight: float) -> float:
        """Return a weight in parts of all that arrives in the right column."""
        return self.part * min(weight / self.whole, 1.0) if self.whole > 0 else 0.0

    def items(self, share: float) -> tuple[tuple[Item, ...], bool]:
        """Return all among which a share chooses, and whether the best ones were looked for exactly."""
        if self.right > self.left + 1:
            return self._trunks, True
        items, exact = self._strong
        if share <= SHARE:
            # Bundling the weakest connections takes time, which is spent when somebody asks for them.
            return items, exact
        more, also = self._weak
        return (*items, *more), exact and also

    @cached_property
    def _trunks(self) -> tuple[Item, ...]:
        every = bundle_nothing(self.links)
        trunks = (Trunk(sign=sign, links=tuple(link for link in every if link.sign == sign)) for sign in (1, -1))
        return tuple(self._item(trunk) for trunk in trunks if trunk.links)

    @cached_property
    def _strong(self) -> tuple[tuple[Item, ...], bool]:
        found = self.links.bundlings.get(False)
        if found is None:
            found = bundle(self.links.positive, self.links.negative, share=SHARE)
            self.links.bundlings[False] = found
        return self._sorted(found, carried=(0.0, 0.0), late=False), found.exact

    @cached_property
    def _weak(self) -> tuple[tuple[Item, ...], bool]:
        kept = keep(self.links.positive, SHARE), keep(self.links.negative, SHARE)
        carried = float(self.links.positive[kept[0]].sum()), float(-self.links.negative[kept[1]].sum())
        found = self.links.bundlings.get(True)
        if found is None:
            positive = np.where(kept[0], 0.0, self.links.positive)
            found = bundle(positive, np.where(kept[1], 0.0, self.links.negative), share=1.0)
            self.links.bundlings[True] = found
        return self._sorted(found, carried=carried, late=True), found.exact

    def _item(self, drawing: Drawing, *, begins: float = 0.0, late: bool = False) -> Item:
        share = self.arriving(drawing.weight)
        return Item(left=self.left, right=self.right, drawing=drawing, share=share, begins=begins, late=late)

    def _sorted(self, found: Bundling, *, carried: tuple[float, float], late: bool) -> tuple[Item, ...]:
        """Return what was found, the strongest of each sign first; ``carried`` is the weight of stronger ones."""
        items: list[Item] = []
        wholes = float(self.links.positive.sum()), float(-self.links.negative.sum())
        for sign, stronger, whole in zip((1, -1), carried, wholes, strict=True):
            own = [one for one in (*found.biclusters, *found.singles) if one.sign == sign]
            before = stronger
            for one in sorted(own, key=lambda each: -each.weight):
                items.append(self._item(one, begins=before / whole, late=late))
                before += one.weight
        return tuple(items)


def bundle_nothing(links: Links) -> list[Single]:
    """Return all connections one by one, the strongest first; ties: excitation, then the upper cluster."""
    signs: tuple[tuple[Sign, Float[np.ndarray, "sources targets"]], ...] = ((1, links.positive), (-1, -links.negative))
    found = [
        Single(source=source, target=target, sign=sign, weight=float(strength[source, target]))
        for sign, strength in signs
        for source, target in np.argwhere(strength).tolist()
    ]
    return sorted(found, key=lambda link: -link.weight)


def gaps_of(pairs: Pairs, sizes: Sequence[Sequence[int]]) -> tuple[Gap, ...]:
    """Return all pairs of columns with a path between them, in the order of their places.

    What arrives in a column from several others is compared by the sum over all neurons that it comes from, while a
    connection is their mean: a cluster of many neurons gives as many times more.

    Args:
        pairs: The connections, by the places of the columns.
        sizes: How many neurons each cluster has, per column.

    """
    weights = {
        (left, right): float(np.array(sizes[left], np.float64) @ (links.positive - links.negative).sum(axis=1))
        for (left, right), links in sorted(pairs.items())
    }
    arriving: dict[int, float] = {}
    for (_, right), weight in weights.items():
        arriving[right] = arriving.get(right, 0.0) + weight
    return tuple(
        Gap(left=left, right=right, links=pairs[left, right], part=weight / (arriving[right] or 1.0))
        for (left, right), weight in weights.items()
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """What is drawn of the connections between two columns."""

    gap: Gap
    drawings: tuple[Drawing, ...]
    left_out: int
    """How many more the share asks for, for which there is no room."""
    exact: bool

    @property
    def weight(self) -> float:
        """All the weight that is drawn."""
        return sum((one.weight for one in self.drawings), 0.0)

    @property
    def share(self) -> float:
        """The same in parts of what there is; 1 without connections."""
        return min(self.weight / self.gap.whole, 1.0) if self.gap.whole > 0 else 1.0


def shown_items(gaps: Sequence[Gap], *, share: float = SHARE, most: int | None = MOST_ITEMS) -> tuple[Shown, ...]:
    """Return what is drawn, per pair of columns. A larger share never takes anything away.

    Args:
        gaps: See `gaps_of`.
        share: Part of the weight of each sign to draw between two columns: the strongest that carry it.
        most: Bundles, curves and trunks between two neighbouring columns; None: as many as there are.

    """
    found = [gap.items(share) for gap in gaps]
    everything = [item for items, _ in found for item in items]
    room = everything if most is None else fitting_items(everything, most=most, trunks=MOST_TRUNKS)
    fits = {id(item) for item in room}
    shown: list[Shown] = []
    for gap, (items, exact) in zip(gaps, found, strict=True):
        wanted = [item for item in items if item.wanted(share)]
        drawn = [item.drawing for item in wanted if id(item) in fits]
        drawings = tuple(one.carrying(share) if isinstance(one, Trunk) else one for one in drawn)
        shown.append(Shown(gap=gap, drawings=drawings, left_out=len(wanted) - len(drawn), exact=exact))
    return tuple(shown)


def fitting_items(items: Collection[Item], *, most: int, trunks: int) -> list[Item]:
    """Return the strongest items of which so many are in each gap between neighbouring columns at most.

    An item is left out when a gap that it crosses is full. Those of the weakest connections come after all others.

    Args:
        items: Of all pairs of columns.
        most: Items in a gap.
        trunks: Trunks among them.

    """
    taken: Counter[int] = Counter()
    jumping: Counter[int] = Counter()
    fitting: list[Item] = []
    # Sorting is stable: ties go to the earlier columns, and to excitation.
    for item in sorted(items, key=lambda each: (each.late, -each.share)):
        crossed = range(item.left, item.right)
        jumps = isinstance(item.drawing, Trunk)
        if any(taken[gap] >= most or (jumps and jumping[gap] >= trunks) for gap in crossed):
            continue
        fitting.append(item)
        taken.update(crossed)
        jumping.update(crossed if jumps else ())
    return fitting
