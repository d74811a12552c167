"""The silhouette against its definition, neuron by neuron."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.cluster.silhouette import distances, silhouettes


def slow_silhouette(apart: np.ndarray, assignment: np.ndarray) -> float:
    """Rousseeuw 1987: (b - a) / max(a, b), 0 for a neuron that is alone."""
    scores = []
    for neuron, own in enumerate(assignment):
        mates = [other for other, cluster in enumerate(assignment) if cluster == own and other != neuron]
        others = [
            np.mean([apart[neuron, other] for other in np.flatnonzero(assignment == cluster)])
            for cluster in set(assignment.tolist()) - {own}
        ]
        if not mates or not others:
            scores.append(0.0)
            continue
        a, b = np.mean([apart[neuron, mate] for mate in mates]), min(others)
        scores.append(0.0 if max(a, b) == 0 else (b - a) / max(a, b))
    return float(np.mean(scores))


@given(seed=st.integers(0, 1000), neurons=st.integers(2, 12), most=st.integers(1, 5))
def test_silhouettes_equal_the_definition(seed: int, neurons: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(neurons, 3))
    assignments = np.stack([np.unique(rng.integers(0, most, neurons), return_inverse=True)[1] for _ in range(3)])
    apart = distances(rows)
    expected = [slow_silhouette(apart, assignment) for assignment in assignments]
    np.testing.assert_allclose(silhouettes(apart, assignments), expected, atol=1e-12)


@given(seed=st.integers(0, 1000), neurons=st.integers(1, 9), features=st.integers(1, 5))
def test_distances_are_euclidean_symmetric_and_zero_between_equals(seed: int, neurons: int, features: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(neurons, features)) + 1e3
    rows = np.concatenate([rows, rows[:1]])
    apart = distances(rows)
    np.testing.assert_allclose(apart, np.linalg.norm(rows[:, None] - rows[None], axis=-1), atol=1e-6)
    np.testing.assert_array_equal(apart, apart.T)
    assert apart[0, -1] == 0


def test_equal_rows_far_apart_groups_score_one() -> None:
    rows = np.array([[0.0], [0.0], [5.0], [5.0]])
    np.testing.assert_allclose(silhouettes(distances(rows), np.array([[0, 0, 1, 1]])), [1.0])


def test_all_rows_equal_score_zero() -> None:
    assert silhouettes(distances(np.ones((4, 2))), np.array([[0, 1, 0, 1]]))[0] == 0
