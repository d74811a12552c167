"""Packing again after a small change: as sound as anew, and few tiles move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from cnnvis.analysis.pack import moved, pack_grid, pack_hierarchy, repack
from tests.analysis.pack.checks import check_is_sound, fill_in_shape


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1000), count=st.integers(2, 80), change=st.sampled_from(["grow", "shrink", "leave", "join"]))
def test_any_change_is_packed_soundly(seed: int, count: int, change: str) -> None:
    rng = np.random.default_rng(seed)
    rows, importance = rng.normal(size=(count, 4)), rng.gamma(3.0, 1.0, count)
    packing = pack_hierarchy(importance, linkage(rows, "ward"), reference=2.7)
    kept, one = np.arange(count), int(rng.integers(count))
    if change == "leave":
        kept, rows, importance = (np.delete(array, one, axis=0) for array in (kept, rows, importance))
    elif change == "join":
        kept = np.append(kept, -1)
        rows, importance = np.append(rows, rows[:1] + 0.1, axis=0), np.append(importance, 3.0)
    else:
        importance = importance * np.where(kept == one, 1.6 if change == "grow" else 0.6, 1.0)
    tree = linkage(rows, "ward") if len(rows) > 1 else None
    again = repack(packing, kept, importance, tree=tree, reference=2.7)
    check_is_sound(again)
    assert len(again.side) == len(importance)
    if count > 20:
        assert fill_in_shape(again) >= 0.85
    twice = repack(packing, kept, importance, tree=tree, reference=2.7)
    np.testing.assert_array_equal(again.x, twice.x)
    np.testing.assert_array_equal(again.y, twice.y)


@pytest.mark.parametrize(("count", "share"), [(10, 0.2), (20, 0.3), (50, 0.15), (200, 0.1)])
def test_one_changed_neuron_moves_few_tiles(count: int, share: float) -> None:
    ours, anew = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        rows, importance = rng.normal(size=(count, 4)), rng.gamma(3.0, 1.0, count)
        tree, everything = linkage(rows, "ward"), np.arange(count)
        packing = pack_hierarchy(importance, tree, reference=2.7)
        for neuron in range(0, count, count // 5):
            other = importance * np.where(everything == neuron, 1.4, 1.0)
            again = repack(packing, everything, other, tree=tree, reference=2.7)
            fresh = pack_hierarchy(other, tree, reference=2.7)
            ours.append(moved(packing, again, everything).mean())
            anew.append(moved(packing, fresh, everything).mean())
    assert np.mean(ours) <= share
    assert np.mean(ours) <= 0.6 * np.mean(anew)


def test_unchanged_stays_unchanged() -> None:
    importance = np.random.default_rng(1).gamma(3.0, 1.0, 60)
    packing = pack_hierarchy(importance, None, reference=2.7)
    again = repack(packing, np.arange(60), importance, tree=None, reference=2.7)
    np.testing.assert_array_equal(packing.x, again.x)
    np.testing.assert_array_equal(packing.y, again.y)


def test_many_changes_or_a_plain_packing_are_packed_anew() -> None:
    rng = np.random.default_rng(2)
    importance = rng.gamma(3.0, 1.0, 40)
    anew = pack_hierarchy(importance, None, reference=2.7)
    plain = pack_grid(importance, reference=2.7)
    np.testing.assert_array_equal(repack(plain, np.arange(40), importance, tree=None, reference=2.7).x, anew.x)
    other = pack_hierarchy(rng.gamma(3.0, 1.0, 40), None, reference=2.7)
    np.testing.assert_array_equal(repack(other, np.full(40, -1), importance, tree=None, reference=2.7).x, anew.x)
    # Anew as well, but equal tiles lie where they were as far as may be.
    alike = repack(other, np.arange(40), importance, tree=None, reference=2.7)
    assert (alike.width, alike.height) == (anew.width, anew.height)
    np.testing.assert_array_equal(alike.side, anew.side)
    everything = np.arange(40)
    assert moved(other, alike, everything).sum() <= moved(other, anew, everything).sum()
