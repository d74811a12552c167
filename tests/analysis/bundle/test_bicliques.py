"""Maximal bicliques, against trying every set of sources."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.bundle import bicliques
from cnnvis.analysis.bundle.bicliques import Bicliques, closed, joined, maximal_bicliques, saves
from tests.analysis.bundle.plain import Found, all_bicliques


def as_sets(found: Bicliques) -> list[Found]:
    return [
        (tuple(np.flatnonzero(sources).tolist()), tuple(np.flatnonzero(targets).tolist()))
        for sources, targets in zip(found.sources, found.targets, strict=True)
    ]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 10_000),
    sources=st.integers(0, 9),
    targets=st.integers(0, 9),
    density=st.sampled_from([0.2, 0.5, 0.8, 1.0]),
)
def test_each_is_found_once(seed: int, sources: int, targets: int, density: float) -> None:
    kept = np.random.default_rng(seed).random((sources, targets)) < density
    found = maximal_bicliques(kept)
    assert found is not None
    assert sorted(as_sets(found)) == sorted(all_bicliques(kept))


@pytest.mark.parametrize("shape", [(40, 7), (7, 40)])
def test_either_side_may_be_larger(shape: tuple[int, int]) -> None:
    kept = np.random.default_rng(3).random(shape) < 0.6
    found = maximal_bicliques(kept)
    turned = maximal_bicliques(kept.T.copy())
    assert found is not None
    assert turned is not None
    assert set(as_sets(found)) == set(as_sets(turned.turned()))
    assert len(found) > 20


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = np.random.default_rng(0).random((14, 14)) < 0.6
    whole = maximal_bicliques(kept)
    monkeypatch.setattr(bicliques, "BATCH", 5)
    parts = maximal_bicliques(kept)
    assert whole is not None
    assert parts is not None
    assert sorted(whole.keys()) == sorted(parts.keys())


def test_too_many_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = np.random.default_rng(0).random((14, 14)) < 0.6
    found = maximal_bicliques(kept)
    assert found is not None
    assert maximal_bicliques(kept, most=len(found)) is not None
    assert maximal_bicliques(kept, most=len(found) - 1) is None
    monkeypatch.setattr(bicliques, "WORK", 20_000)
    assert maximal_bicliques(kept) is None


def test_closure_is_all_that_are_linked_to_each() -> None:
    kept = np.array([[True, True, False], [True, False, True], [True, True, True]])
    targets = np.array([[True, True, False], [False, False, False], [True, True, True]])
    assert closed(targets, kept).tolist() == [[True, False, True], [True, True, True], [False, False, True]]


def test_what_saves_curves() -> None:
    sources, targets = (grid.ravel() for grid in np.meshgrid(np.arange(1, 8), np.arange(1, 8)))
    np.testing.assert_array_equal(saves(sources, targets), sources + targets < sources * targets)


def test_keys_put_the_first_that_differs_last() -> None:
    one = Bicliques(sources=np.array([[True, False, True]]), targets=np.array([[True]]))
    other = Bicliques(sources=np.array([[False, True, True]]), targets=np.array([[True]]))
    assert one.keys() > other.keys()
    assert len(joined([one, other], np.ones((3, 1), dtype=bool))) == 2
    assert len(joined([], np.ones((3, 1), dtype=bool))) == 0
