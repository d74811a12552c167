"""Old against new: the flows of neurons, from the definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from cnnvis.compose.regrouping import regrouping
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene

clusterings = st.integers(1, 30).flatmap(
    lambda neurons: st.tuples(*[st.lists(st.integers(1, 5), min_size=neurons, max_size=neurons)] * 2)
)


def scene(of: list[int]) -> LayerScene:
    """Return a layer with neuron n in cluster ``of[n]``."""
    return LayerScene(
        layer="a",
        clustering=Clustering(method="ward", k=1, automatic=True, feature="", silhouette=None, stability=None),
        clusters=tuple(
            ClusterScene(
                id=f"c{number}",
                title="",
                classes=(),
                never_active=False,
                agreement=None,
                profile=(),
                neurons=tuple(reversed(np.flatnonzero(np.array(of) == number).tolist())),
                sprites=(),
                packings=(),
            )
            for number in sorted(set(of), reverse=True)
        ),
        atlas=None,
    )


@given(clusterings)
def test_every_neuron_flows_from_its_old_cluster_to_its_new_one(of: tuple[list[int], list[int]]) -> None:
    old, new = of
    found = regrouping(scene(old), scene(new), revision=3)
    expected = {
        (f"c{a}", f"c{b}"): sum(pair == (a, b) for pair in zip(old, new, strict=True))
        for a in sorted(set(old), reverse=True)
        for b in sorted(set(new), reverse=True)
    }
    flows = [((flow.source, flow.target), flow.neurons) for flow in found.flows]
    assert flows == [(pair, count) for pair, count in expected.items() if count]
    assert found.moved == sum(a != b for a, b in zip(old, new, strict=True))
    assert np.isclose(found.agreement, adjusted_rand_score(old, new))
    assert found.revision == 3
