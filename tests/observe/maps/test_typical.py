"""Typical images are those nearest to the quantiles, looked for one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.maps.typical import choose_typical

QUANTILES = (0.75, 0.5, 0.25)


@given(st.integers(0, 12), st.integers(1, 4), st.integers(0, 1000), st.data())
def test_each_quantile_takes_the_nearest_candidate_that_is_left(
    images: int, neurons: int, seed: int, data: st.DataObject
) -> None:
    means = (np.random.default_rng(seed).integers(0, 6, (images, neurons)) / 4).astype(np.float16)
    candidates = sorted(data.draw(st.sets(st.integers(0, images - 1)))) if images else []
    found = choose_typical(means, np.array(candidates, np.int64), QUANTILES)
    for neuron in range(neurons):
        left = list(candidates)
        for number, quantile in enumerate(QUANTILES):
            if not left:
                assert found[neuron, number] == -1
                continue
            column = means[:, neuron].astype(float)
            wanted = float(np.quantile(column, quantile))
            best = min(left, key=lambda row: (abs(column[row] - wanted), row))
            assert found[neuron, number] == best
            left.remove(best)
