"""The connections of the picture: bundled, counted, and with in-between nodes in an order that crosses little."""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from jaxtyping import Float

from cnnvis.analysis.arrange import node_order
from cnnvis.analysis.bundle import Bicluster, Single
from cnnvis.compose.drawn_items import MOST_ITEMS, Gap, Shown, Trunk, shown_items
from cnnvis.compose.linked import Column, Linked
from cnnvis.schema.connection_scene import (
    SHARE,
    BundleScene,
    ConnectionScene,
    CurveScene,
    GapScene,
    Sign,
    TrunkLink,
    TrunkScene,
)

Ends = tuple[Column, Column]


def draw_connections(linked: Linked, *, share: float = SHARE, most: int | None = MOST_ITEMS) -> ConnectionScene:
    """Return what is drawn between columns (design: connections, bundling).

    Args:
        linked: The columns and the connections between them.
        share: Part of the weight of each sign to draw between two columns: the strongest that carry it.
        most: Bundles, curves and trunks between two neighbouring columns; None: as many as there are.

    """
    shown = shown_items(linked.gaps, share=share, most=most)
    middles = [_middles(linked, place) for place in range(len(linked.columns))]
    gaps = tuple(
        _gap_scene(
            each,
            (linked.columns[each.gap.left], linked.columns[each.gap.right]),
            (middles[each.gap.left], middles[each.gap.right]),
        )
        for each in shown
    )
    return ConnectionScene(
        mode=linked.mode,
        modes=linked.modes.available,
        absent=linked.modes.absent,
        default=linked.modes.default,
        images=linked.modes.images(linked.mode),
        warning=linked.warning,
        notes=linked.notes,
        agreement=linked.modes.agreement,
        share=share,
        most=most,
        columns=tuple(column.layer for column in linked.columns),
        orders=linked.orders,
        crossings=linked.arrangement.crossings,
        unordered=linked.arrangement.unordered,
        gaps=gaps,
        kept=sum(gap.kept for gap in gaps),
        total=sum(gap.total for gap in gaps),
        drawn=_drawn(gaps),
        curves=sum(one.curves for each in shown for one in each.drawings),
    )


def _middles(linked: Linked, place: int) -> Float[np.ndarray, " clusters"]:
    """Return the middles of a column's cards, one below the other in their order, the column centred on 0."""
    heights, order = linked.columns[place].heights, linked.arrangement.orders[place]
    bottoms = np.cumsum(heights[order])
    middles = np.zeros(len(heights))
    middles[order] = bottoms - (heights[order] + heights.sum()) / 2
    return middles


def _gap_scene(
    shown: Shown, ends: Ends, middles: tuple[Float[np.ndarray, " sources"], Float[np.ndarray, " targets"]]
) -> GapScene:
    gap, name = shown.gap, f"{shown.gap.left}-{shown.gap.right}"
    bundles = [one for one in shown.drawings if isinstance(one, Bicluster)]
    curves = [one for one in shown.drawings if isinstance(one, Single)]
    trunks = [one for one in shown.drawings if isinstance(one, Trunk)]
    return GapScene(
        source=gap.left,
        target=gap.right,
        part=gap.part,
        bundles=tuple(_bundle_scene(name, gap, bundles[place], ends) for place in _top_down(bundles, middles)),
        curves=tuple(_curve_scene(gap, one, ends) for one in curves),
        trunks=tuple(_trunk_scene(name, gap, one, ends) for one in trunks),
        kept=sum(one.connections for one in shown.drawings),
        total=gap.total,
        share=shown.share,
        left_out=shown.left_out,
        exact=shown.exact,
        notes=gap.links.notes,
    )


def _top_down(
    bundles: Sequence[Bicluster], middles: tuple[Float[np.ndarray, " sources"], Float[np.ndarray, " targets"]]
) -> list[int]:
    """Return the places of the bundles from top to bottom, so that their curves cross little."""
    incoming, outgoing = (np.zeros((len(bundles), len(side))) for side in middles)
    for row, one in enumerate(bundles):
        incoming[row, list(one.sources)] = one.source_weights
        outgoing[row, list(one.targets)] = one.target_weights
    return node_order(incoming, outgoing, heights=middles).tolist()


def _bundle_scene(name: str, gap: Gap, one: Bicluster, ends: Ends) -> BundleScene:
    source, target = ends
    sources = tuple(source.clusters[place].id for place in one.sources)
    targets = tuple(target.clusters[place].id for place in one.targets)
    # By what it joins: the same bundle has the same name however many others are drawn.
    digest = blake2b(msgspec.json.encode((sources, targets)), digest_size=5).hexdigest()
    return BundleScene(
        id=f"{name}{_sign(one.sign)}{digest}",
        sources=sources,
        targets=targets,
        sign=one.sign,
        share=gap.arriving(one.weight),
        coherence=one.coherence,
        source_shares=tuple(gap.arriving(weight) for weight in one.source_weights),
        target_shares=tuple(gap.arriving(weight) for weight in one.target_weights),
    )


def _curve_scene(gap: Gap, one: Single, ends: Ends) -> CurveScene:
    source, target = ends
    return CurveScene(
        source=source.clusters[one.source].id,
        target=target.clusters[one.target].id,
        sign=one.sign,
        share=gap.arriving(one.weight),
    )


def _trunk_scene(name: str, gap: Gap, one: Trunk, ends: Ends) -> TrunkScene:
    source, target = ends
    sources, targets = one.sources, one.targets
    return TrunkScene(
        id=f"{name}{_sign(one.sign)}",
        sources=tuple(source.clusters[place].id for place in sources),
        targets=tuple(target.clusters[place].id for place in targets),
        sign=one.sign,
        share=gap.arriving(one.weight),
        links=tuple(
            TrunkLink(
                source=sources.index(link.source), target=targets.index(link.target), share=gap.arriving(link.weight)
            )
            for link in one.links
        ),
    )


def _sign(sign: Sign) -> str:
    return "+" if sign > 0 else "-"


def _drawn(gaps: Sequence[GapScene]) -> float:
    """Return the share of the weight that is drawn: of what arrives in a column, each column alike; 1 without any."""
    whole = sum(gap.part for gap in gaps)
    return min(sum(gap.share * gap.part for gap in gaps) / whole, 1.0) if whole > 0 else 1.0
