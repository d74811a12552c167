"""The learned features of a cluster: its neurons in order, and their tiles packed by each kind of importance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.cluster.methods import ward_tree
from cnnvis.analysis.cluster.silhouette import distances
from cnnvis.analysis.pack import Packing, pack_hierarchy, repack, typical_importance
from cnnvis.analysis.pack.sides import SMALLEST
from cnnvis.analysis.reorder import joined_order, path_order
from cnnvis.compose.importance import Importances
from cnnvis.schema.scene import Importance, PackingScene

MOST_NEW = 0.2
"""More new neurons than this share of a cluster are not put into the order before an edit: it is found anew."""
LEAST_KEPT = 0.5
"""Tiles stay where they were when at least this share of a cluster's neurons comes from one cluster."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Arranged:
    """A cluster's neurons in order, and where their tiles lie."""

    neurons: Int[np.ndarray, " members"]
    packings: Mapping[Importance, Packing]

    @property
    def scenes(self) -> tuple[PackingScene, ...]:
        """The packings as they are sent."""
        return tuple(packing_scene(kind, packing) for kind, packing in self.packings.items())


def references(kinds: Importances) -> dict[Importance, float]:
    """Return a layer's typical importance of each kind, so that tiles can be compared between its clusters."""
    return {kind: typical_importance(values) for kind, values in kinds.items()}


def arrange(
    members: Int[np.ndarray, " members"],
    *,
    profiles: Float[np.ndarray, "neurons classes"],
    features: Float[np.ndarray, "neurons features"],
    kinds: Importances,
    typical: Mapping[Importance, float],
    start: Arranged | None = None,
    apart: Float[np.ndarray, "neurons neurons"] | None = None,
    effort: float = 1.0,
) -> Arranged:
    """Order and pack the neurons of one cluster.

    Args:
        members: Its neurons.
        profiles: Class profiles of the whole layer; alike ones become neighbours. NaN: a class without images.
        features: What the layer was clustered by, finite: the hierarchy of the packing is Ward's over the members.
        kinds: The layer's importance of each kind.
        typical: See `references`.
        start: A cluster as it was before an edit, most of whose neurons are these: their order and their tiles stay.
        apart: Distances of the features where they are known.
        effort: For the order, see `path_order`.

    """
    rows = profiles if np.isfinite(profiles).all(axis=0).any() else features
    ordered = _kept_order(members, rows, start)
    if ordered is None:
        ordered = members[path_order(rows[members], effort=effort)]
    return packed(ordered, features=features, kinds=kinds, typical=typical, start=start, apart=apart)


def _kept_order(
    members: Int[np.ndarray, " members"], rows: Float[np.ndarray, "neurons features"], start: Arranged | None
) -> Int[np.ndarray, " members"] | None:
    """Return the order before an edit with those who joined put in; None when too many did."""
    if start is None:
        return None
    there = np.isin(start.neurons, members)
    new = np.setdiff1d(members, start.neurons)
    if not there.any() or len(new) > MOST_NEW * len(members):
        return None
    return joined_order(rows, start.neurons[there].tolist(), new.tolist())


def packed(
    ordered: Int[np.ndarray, " members"],
    *,
    features: Float[np.ndarray, "neurons features"],
    kinds: Importances,
    typical: Mapping[Importance, float],
    start: Arranged | None = None,
    apart: Float[np.ndarray, "neurons neurons"] | None = None,
) -> Arranged:
    """Pack neurons that are in order.

    Args:
        ordered: The neurons.
        features: As for `arrange`, as are the next two.
        kinds: The layer's importance of each kind.
        typical: See `references`.
        start: A cluster as it was before an edit, most of whose neurons are these: their tiles stay.
        apart: Distances of the features where they are known.

    """
    tree = None
    if len(ordered) > 1:
        tree = ward_tree(distances(features[ordered]) if apart is None else apart[np.ix_(ordered, ordered)])
    packings: dict[Importance, Packing]
    if start is None:
        packings = {
            kind: pack_hierarchy(values[ordered], tree, reference=typical[kind]) for kind, values in kinds.items()
        }
        return Arranged(neurons=ordered, packings=packings)
    places = {int(neuron): place for place, neuron in enumerate(start.neurons)}
    kept = np.array([places.get(int(neuron), -1) for neuron in ordered], dtype=np.int64)
    packings = {
        kind: repack(start.packings[kind], kept, values[ordered], tree=tree, reference=typical[kind])
        for kind, values in kinds.items()
    }
    return Arranged(neurons=ordered, packings=packings)


def most_shared(members: Sequence[int], earlier: Sequence[Sequence[int]]) -> int | None:
    """Return the place of the cluster that most of some neurons were in; None when none held half of them.

    Args:
        members: Neurons of a cluster after an edit.
        earlier: Neurons of each cluster before it; of several that held as many the first is returned.

    """
    wanted = set(members)
    shared = [len(wanted.intersection(one)) for one in earlier]
    most = max(shared, default=0)
    return shared.index(most) if most and most >= LEAST_KEPT * len(wanted) else None


def packing_scene(kind: Importance, packing: Packing) -> PackingScene:
    """Return a packing as it is sent."""
    return PackingScene(
        importance=kind,
        width=packing.width,
        height=packing.height,
        smallest=SMALLEST,
        x=tuple(packing.x.tolist()),
        y=tuple(packing.y.tolist()),
        side=tuple(packing.side.tolist()),
        region=() if packing.region is None or not packing.region.any() else tuple(packing.region.tolist()),
    )
