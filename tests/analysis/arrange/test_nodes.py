"""In-between nodes: as near to their aims as can be, apart, and in an order with few crossings."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from cnnvis.analysis.arrange import crossings, node_places, spread


@settings(deadline=None, max_examples=40)
@given(aims=st.lists(st.integers(-20, 20), min_size=0, max_size=7), spacing=st.sampled_from([0.0, 1.0, 6.0]))
def test_nothing_is_nearer_to_the_aims(aims: list[int], spacing: float) -> None:
    wanted = np.array(aims, dtype=float)
    order = np.argsort(wanted, kind="stable")[::-1] if len(aims) % 2 else np.argsort(wanted, kind="stable")
    heights = spread(wanted, order, spacing=spacing)
    if len(aims) > 1:
        assert (np.diff(heights[order]) >= spacing - 1e-9).all()
        solved = minimize(
            lambda at: float(((at - wanted[order]) ** 2).sum()),
            np.arange(len(aims)) * spacing,
            constraints={"type": "ineq", "fun": lambda at: np.diff(at) - spacing},
            method="SLSQP",
        )
        assert ((heights - wanted) ** 2).sum() <= solved.fun + 1e-4 * (1 + solved.fun)


def test_nodes_stand_between_what_they_join() -> None:
    incoming = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 2.0]])
    outgoing = np.array([[1.0, 1.0], [0.0, 5.0]])
    heights = (np.array([0.0, 10.0, 50.0]), np.array([0.0, 40.0]))
    found = node_places(incoming, outgoing, heights=heights, spacing=5.0)
    assert found.tolist() == [(7.5 + 20.0) / 2, 45.0]
    assert node_places(incoming[:0], outgoing[:0], heights=heights, spacing=5.0).shape == (0,)


def test_order_makes_few_crossings() -> None:
    ours = best = 0.0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        incoming, outgoing = ((rng.random((5, 6)) < 0.4) * rng.random((5, 6)) for _ in range(2))
        heights = (rng.permutation(6) * 10.0, rng.permutation(6) * 10.0)

        def drawn(
            at: np.ndarray, sides: tuple[np.ndarray, np.ndarray], heights: tuple[np.ndarray, np.ndarray]
        ) -> float:
            return sum(
                crossings(at[np.nonzero(side)[0]], end[np.nonzero(side)[1]])
                for side, end in zip(sides, heights, strict=True)
            )

        found = node_places(incoming, outgoing, heights=heights, spacing=1.0)
        assert (np.diff(np.sort(found)) >= 1.0 - 1e-9).all()
        ours += drawn(found, (incoming, outgoing), heights)
        best += min(
            drawn(np.array(order, dtype=float), (incoming, outgoing), heights)
            for order in itertools.permutations(range(5))
        )
    assert best <= ours <= 1.05 * best
