"""In-between nodes: in an order with few crossings, near what they join."""

import itertools

import numpy as np

from cnnvis.analysis.arrange import crossings, node_order

Sides = tuple[np.ndarray, np.ndarray]


def crossed(order: list[int], sides: Sides, heights: Sides) -> float:
    """Count the crossings of the curves at both sides."""
    at = np.argsort(order).astype(float)
    return sum(
        crossings(at[np.nonzero(side)[0]], end[np.nonzero(side)[1]]) for side, end in zip(sides, heights, strict=True)
    )


def test_order_makes_few_crossings() -> None:
    ours = best = 0.0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        incoming, outgoing = ((rng.random((5, 6)) < 0.4) * rng.random((5, 6)) for _ in range(2))
        heights = (rng.permutation(6) * 10.0, rng.permutation(6) * 10.0)
        found = node_order(incoming, outgoing, heights=heights).tolist()
        assert sorted(found) == list(range(5))
        ours += crossed(found, (incoming, outgoing), heights)
        best += min(crossed(list(order), (incoming, outgoing), heights) for order in itertools.permutations(range(5)))
    assert best <= ours <= 1.05 * best


def test_where_nothing_crosses_they_stand_in_the_order_of_what_they_join() -> None:
    same = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    leaning = np.array([[1.0, 3.0], [3.0, 1.0], [2.0, 2.0]])
    heights = (np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    assert node_order(leaning, same, heights=heights).tolist() == [1, 2, 0]
    assert node_order(same, same, heights=heights).tolist() == [0, 1, 2]
    assert node_order(same[:0], same[:0], heights=heights).shape == (0,)
