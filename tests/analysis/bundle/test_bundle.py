"""The four promises of bundling, and what the result says of itself."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.bundle import Bundling, bundle, keep
from tests.analysis.bundle.plain import greedy


def check_promises(positive: np.ndarray, negative: np.ndarray, share: float, found: Bundling) -> None:
    drawn: Counter[tuple[int, int, int]] = Counter()
    for node in found.biclusters:
        drawn.update((node.sign, source, target) for source in node.sources for target in node.targets)
        weights = positive if node.sign == 1 else negative
        block = np.abs(weights[np.ix_(node.sources, node.targets)])
        assert len(node.sources) >= 2
        assert len(node.targets) >= 2
        assert len(node.sources) + len(node.targets) < block.size
        assert node.weight == pytest.approx(block.sum())
        assert node.coherence == pytest.approx(1 - block.std() / block.mean())
        assert node.source_weights == pytest.approx(block.sum(axis=1).tolist())
        assert node.target_weights == pytest.approx(block.sum(axis=0).tolist())
    for single in found.singles:
        drawn[single.sign, single.source, single.target] += 1
        weights = positive if single.sign == 1 else negative
        assert single.weight == abs(weights[single.source, single.target])
    # Complete, exactly once, and of one sign: the links drawn are the links kept.
    wanted = {
        (sign, *link)
        for sign, weights in ((1, positive), (-1, negative))
        for link in map(tuple, np.argwhere(keep(weights, share)).tolist())
    }
    assert set(drawn) == wanted
    assert set(drawn.values()) <= {1}
    assert found.kept == len(wanted)
    assert found.curves <= found.kept
    assert found.total == np.count_nonzero(positive) + np.count_nonzero(negative)


@st.composite
def signed(draw: st.DrawFn, largest: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Excitation and inhibition; a pair of clusters may have both."""
    shape = draw(st.integers(0, largest)), draw(st.integers(0, largest))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    density = draw(st.sampled_from([0.3, 0.7, 1.0]))
    skew = draw(st.sampled_from([0, 1, 4]))
    positive, negative = (rng.random(shape) ** skew * (rng.random(shape) < density) for _ in range(2))
    return positive, 0.0 - negative


@settings(deadline=None, max_examples=150)
@given(weights=signed(), share=st.sampled_from([0.0, 0.5, 0.8, 1.0]))
def test_promises_hold(weights: tuple[np.ndarray, np.ndarray], share: float) -> None:
    positive, negative = weights
    found = bundle(positive, negative, share=share)
    check_promises(positive, negative, share, found)
    assert found.exact
    assert found == bundle(positive.copy(), negative.copy(), share=share)


@settings(deadline=None, max_examples=25)
@given(weights=signed(largest=8))
def test_same_as_the_plain_choice(weights: tuple[np.ndarray, np.ndarray]) -> None:
    found = bundle(*weights)
    for sign, values in ((1, weights[0]), (-1, -weights[1])):
        ours = [(node.sources, node.targets) for node in found.biclusters if node.sign == sign]
        # Rounded as the choice rounds, so that near ties fall alike.
        whole = np.rint(values * (65_536 / max(float(values.max(initial=0.0)), 1e-300)))
        assert ours == greedy(keep(values), whole)


@pytest.mark.parametrize("density", [0.5, 0.9])
def test_bounded_search_keeps_the_promises(density: float) -> None:
    rng = np.random.default_rng(0)
    positive = rng.random((40, 40)) * (rng.random((40, 40)) < density)
    negative = np.zeros((40, 40))
    found = bundle(positive, negative, share=1.0, most=500)
    assert not found.exact
    check_promises(positive, negative, 1.0, found)
    assert found == bundle(positive, negative, share=1.0, most=500)


def test_bounded_search_saves_nearly_as_many_curves() -> None:
    positive = np.random.default_rng(0).random((30, 30)) * (np.random.default_rng(1).random((30, 30)) < 0.6)
    negative = np.zeros((30, 30))
    exact, bounded = bundle(positive, negative), bundle(positive, negative, most=200)
    assert exact.exact
    assert not bounded.exact
    assert exact.kept - bounded.curves >= 0.9 * (exact.kept - exact.curves)


def test_density_where_listing_explodes() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random((60, 60)) * (rng.random((60, 60)) < 0.9)
    found = bundle(positive, np.zeros((60, 60)))
    assert not found.exact
    assert found.curves < 0.7 * found.kept
    check_promises(positive, np.zeros((60, 60)), 0.8, found)


def test_order_of_clusters_does_not_matter() -> None:
    weights = np.random.default_rng(5).normal(size=(16, 18))
    rows, columns = np.random.default_rng(6).permutation(16), np.random.default_rng(7).permutation(18)
    found, other = (bundle(np.maximum(one, 0), np.minimum(one, 0)) for one in (weights, weights[rows][:, columns]))
    back = {
        (frozenset(rows[list(node.sources)].tolist()), frozenset(columns[list(node.targets)].tolist()))
        for node in other.biclusters
    }
    assert len(found.biclusters) > 2
    assert back == {(frozenset(node.sources), frozenset(node.targets)) for node in found.biclusters}


def test_share_is_of_both_signs() -> None:
    positive = np.array([[8.0, 1.0], [1.0, 0.0]])
    negative = np.array([[0.0, 0.0], [-30.0, -10.0]])
    found = bundle(positive, negative)
    assert (found.kept, found.total) == (3, 5)
    assert found.share == pytest.approx(48 / 50)
    assert [(one.sign, one.source, one.target, one.weight) for one in found.singles] == [
        (1, 0, 0, 8.0),
        (-1, 1, 0, 30.0),
        (-1, 1, 1, 10.0),
    ]


def test_no_connections() -> None:
    found = bundle(np.zeros((3, 3)), np.zeros((3, 3)))
    assert found == Bundling(biclusters=(), singles=(), kept=0, total=0, share=1.0, exact=True)
    assert found.curves == 0


def test_wrong_weights_are_refused() -> None:
    good = np.zeros((2, 2))
    with pytest.raises(ValueError, match="positive weights must be zero or more, negative ones zero or less"):
        bundle(good - 1, good)
    with pytest.raises(ValueError, match="positive weights must be zero or more, negative ones zero or less"):
        bundle(good, good + 1)
    with pytest.raises(ValueError, match="weights must be finite"):
        bundle(good + np.nan, good)
