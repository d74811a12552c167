"""Which tiles moved, against the words of the definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.pack import Packing, moved


def random_packing(rng: np.random.Generator, count: int) -> Packing:
    x, y, side = rng.integers(0, 40, count), rng.integers(0, 40, count), rng.integers(1, 9, count)
    return Packing(width=int((x + side).max()), height=int((y + side).max()), x=x, y=y, side=side)


@given(seed=st.integers(0, 1000), count=st.integers(1, 8))
def test_a_tile_moved_when_its_middle_is_farther_away_than_its_side(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = random_packing(rng, count), random_packing(rng, count)
    kept = rng.integers(-1, count, count)
    found = moved(before, after, kept)
    for tile in range(count):
        old = int(kept[tile])
        if old < 0:
            assert not found[tile]
            continue
        across = (after.x[tile] + after.side[tile] / 2) / after.width - (before.x[old] + before.side[old] / 2) / (
            before.width
        )
        down = (after.y[tile] + after.side[tile] / 2) / after.height - (before.y[old] + before.side[old] / 2) / (
            before.height
        )
        far = abs(across) > before.side[old] / before.width or abs(down) > before.side[old] / before.height
        assert bool(found[tile]) == far


def test_nothing_moved_where_nothing_is_different() -> None:
    packing = random_packing(np.random.default_rng(0), 5)
    assert not moved(packing, packing, np.arange(5)).any()
    assert packing.fill == (packing.side**2).sum() / (packing.width * packing.height)
