"""The learned features of a cluster: its neurons in order, and their tiles packed by each kind of importance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.analysis.cluster.methods import ward_tree
from cnnvis.analysis.cluster.silhouette import distances
from cnnvis.analysis.pack import Packing, pack_hierarchy, typical_importance
from cnnvis.analysis.pack.sides import SMALLEST
from cnnvis.analysis.reorder import path_order
from cnnvis.compose.importance import Importances
from cnnvis.schema.scene import Importance, PackingScene


@dataclass(frozen=True, kw_only=True, eq=False)
class Arranged:
    """A cluster's neurons in order, and where their tiles lie."""

    neurons: Int[np.ndarray, " members"]
    packings: tuple[PackingScene, ...]


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
    effort: float = 1.0,
) -> Arranged:
    """Order and pack the neurons of one cluster.

    Args:
        members: Its neurons.
        profiles: Class profiles of the whole layer; alike ones become neighbours. NaN: a class without images.
        features: What the layer was clustered by, finite: the hierarchy of the packing is Ward's over the members.
        kinds: The layer's importance of each kind.
        typical: See `references`.
        effort: For the order, see `path_order`.

    """
    rows = profiles if np.isfinite(profiles).all(axis=0).any() else features
    ordered = members[path_order(rows[members], effort=effort)]
    tree = ward_tree(distances(features[ordered])) if len(ordered) > 1 else None
    return Arranged(
        neurons=ordered,
        packings=tuple(
            packing_scene(kind, pack_hierarchy(values[ordered], tree, reference=typical[kind]))
            for kind, values in kinds.items()
        ),
    )


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
    )
