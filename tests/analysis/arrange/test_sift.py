"""Moving single clusters, against all orders and against the changes it reckons with."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.arrange.sift import crossings_of, sifted


def plain(order: tuple[int, ...] | list[int], pairs: np.ndarray) -> float:
    return float(sum(pairs[one, other] for one, other in itertools.combinations(order, 2)))


def moves(order: list[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for place, to in itertools.permutations(range(len(order)), 2):
        other = list(order)
        other.insert(to, other.pop(place))
        found.append(other)
    return found


@given(seed=st.integers(0, 10_000), clusters=st.integers(1, 7), worth=st.sampled_from([0.0, 3.0]))
def test_no_single_move_helps(seed: int, clusters: int, worth: float) -> None:
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, 9, (clusters, clusters)).astype(float)
    first = rng.permutation(clusters).tolist()
    order = sifted(first, pairs, worth=worth)
    after = plain(order, pairs)
    assert sorted(order) == list(range(clusters))
    assert crossings_of(order, pairs) == after
    assert order == first or after < plain(first, pairs) - worth
    assert all(plain(other, pairs) >= after - worth for other in moves(order))


def test_mostly_finds_the_best_order() -> None:
    best = 0
    for seed in range(40):
        pairs = np.random.default_rng(seed).random((6, 6))
        after = plain(sifted(list(range(6)), pairs), pairs)
        least = min(plain(order, pairs) for order in itertools.permutations(range(6)))
        assert after <= 1.1 * least
        best += after <= least + 1e-12
    assert best >= 30


def test_among_equals_the_nearest_place_is_taken() -> None:
    pairs = np.zeros((4, 4))
    pairs[0, 1] = 5.0
    assert sifted([0, 1, 2, 3], pairs) == [1, 0, 2, 3]
    assert sifted([0, 1, 2, 3], pairs, worth=5.0) == [0, 1, 2, 3]


def test_a_move_may_be_worth_more_to_one_cluster_than_to_another() -> None:
    pairs = np.zeros((4, 4))
    pairs[0, 1] = 5.0
    assert sifted([0, 1, 2, 3], pairs, worth=np.array([0.0, 9.0, 9.0, 9.0])) == [1, 0, 2, 3]
    assert sifted([0, 1, 2, 3], pairs, worth=np.array([9.0, 9.0, 0.0, 0.0])) == [0, 1, 2, 3]
