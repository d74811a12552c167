"""The choice, against mining anew after every pick."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.bundle.bicliques import maximal_bicliques
from cnnvis.analysis.bundle.choose import choose
from tests.analysis.bundle.plain import Found, greedy, score


def chosen(kept: np.ndarray, weights: np.ndarray, *, most: int | None = None) -> list[Found]:
    free = kept.copy()
    found = maximal_bicliques(free)
    assert found is not None
    picks = [(tuple(one.tolist()), tuple(other.tolist())) for one, other in choose(free, weights, found, most=most)]
    for sources, targets in picks:
        assert not free[np.ix_(sources, targets)].any()
    return picks


@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 10_000),
    sources=st.integers(2, 8),
    targets=st.integers(2, 8),
    density=st.sampled_from([0.5, 0.8, 1.0]),
    levels=st.sampled_from([1, 3, 60_000]),
)
def test_same_as_mining_anew(seed: int, sources: int, targets: int, density: float, levels: int) -> None:
    rng = np.random.default_rng(seed)
    kept = rng.random((sources, targets)) < density
    weights = rng.integers(1, levels + 1, (sources, targets)).astype(float)
    assert chosen(kept, weights) == greedy(kept, weights)


def test_first_pick_is_the_best_and_later_ones_never_share_a_link() -> None:
    rng = np.random.default_rng(0)
    kept, weights = rng.random((16, 16)) < 0.6, rng.integers(1, 1000, (16, 16)).astype(float)
    picks = chosen(kept, weights)
    drawn = np.zeros(kept.shape, dtype=int)
    for sources, targets in picks:
        drawn[np.ix_(sources, targets)] += 1
    assert drawn.max() == 1
    assert not drawn[~kept].any()
    assert score(weights, picks[0]) == max(score(weights, pick) for pick in picks)
    assert chosen(kept, weights, most=1)[0] == picks[0]


def test_what_is_too_unlike_is_not_joined() -> None:
    weights = np.full((2, 4), 1.0)
    weights[0, 0] = 65_536.0
    assert chosen(weights > 0, weights) == []
    assert chosen(weights[:, 1:] > 0, weights[:, 1:]) == [((0, 1), (0, 1, 2))]


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (1, 5)])
def test_nothing_to_choose_from(shape: tuple[int, int]) -> None:
    assert chosen(np.ones(shape, dtype=bool), np.ones(shape)) == []
