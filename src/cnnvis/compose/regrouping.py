"""Old against new: which neurons go where when a layer is grouped anew, and how much of the grouping stays."""

from collections import Counter

import numpy as np

from cnnvis.schema.edits import Flow, Regrouping
from cnnvis.schema.scene import LayerScene


def regrouping(before: LayerScene, after: LayerScene, *, revision: int) -> Regrouping:
    """Compare two groupings of the same neurons.

    Args:
        before: The layer as it is.
        after: The layer as it would be.
        revision: The edits that both build on.

    """
    from cnnvis.analysis.cluster import adjusted_rand  # SciPy takes half a second

    old, new = _cluster_of(before), _cluster_of(after)
    neurons = sorted(old)
    shared = Counter((old[neuron], new[neuron]) for neuron in neurons)
    places = (_places(before), _places(after))
    return Regrouping(
        revision=revision,
        before=before,
        after=after,
        flows=tuple(
            Flow(source=source, target=target, neurons=shared[source, target])
            for source, target in sorted(shared, key=lambda pair: (places[0][pair[0]], places[1][pair[1]]))
        ),
        moved=sum(count for (source, target), count in shared.items() if source != target),
        agreement=adjusted_rand(
            *(np.array([places[side][of[neuron]] for neuron in neurons]) for side, of in enumerate((old, new)))
        ),
    )


def _cluster_of(scene: LayerScene) -> dict[int, str]:
    return {neuron: cluster.id for cluster in scene.clusters for neuron in cluster.neurons}


def _places(scene: LayerScene) -> dict[str, int]:
    return {cluster.id: place for place, cluster in enumerate(scene.clusters)}
