"""Growing bicliques: what is found is maximal, and not much worse than the best there is."""

import numpy as np
import pytest

from cnnvis.analysis.bundle.bicliques import maximal_bicliques
from cnnvis.analysis.bundle.growth import grown_bicliques
from cnnvis.analysis.bundle.score import whole_weights
from tests.analysis.bundle.plain import score
from tests.analysis.bundle.test_bicliques import as_sets


@pytest.mark.parametrize("shape", [(12, 12), (20, 9), (9, 20)])
@pytest.mark.parametrize("density", [0.4, 0.7])
def test_found_ones_are_maximal_and_near_the_best(shape: tuple[int, int], density: float) -> None:
    rng = np.random.default_rng(0)
    kept, weights = rng.random(shape) < density, whole_weights(rng.random(shape))
    every = maximal_bicliques(kept)
    assert every is not None
    found, left = grown_bicliques(kept, weights, work=10**9)
    assert set(as_sets(found)) <= set(as_sets(every))
    assert 0 < left < 10**9
    best, ours = (max(score(weights, one) for one in as_sets(some)) for some in (every, found))
    assert ours >= 0.95 * best


def test_work_is_a_bound_and_the_strongest_pairs_come_first() -> None:
    rng = np.random.default_rng(1)
    kept, weights = np.ones((40, 40), dtype=bool), whole_weights(rng.random((40, 40)))
    kept[::3, ::2] = False
    assert len(grown_bicliques(kept, weights, work=0)[0]) == 0
    few, left = grown_bicliques(kept, weights, work=1)
    more, _ = grown_bicliques(kept, weights, work=10**9)
    assert left == 0
    assert 0 < len(few) < len(more)
    assert as_sets(few) == as_sets(more)[: len(few)]


def test_nothing_grows_without_common_targets() -> None:
    found, left = grown_bicliques(np.eye(5, dtype=bool), np.ones((5, 5)), work=100)
    assert len(found) == 0
    assert left == 100
