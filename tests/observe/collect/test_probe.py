"""The probe set does not depend on how the data was split."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.collect.probe import Probe, ProbeKeeper, ProbePlan, merge_probe, sample_hash


def splitmix(number: int) -> int:
    mask = 2**64 - 1
    state = (number + 0x9E3779B97F4A7C15) & mask
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
    return state ^ (state >> 31)


def test_hash_is_splitmix64() -> None:
    assert sample_hash(np.array([0, 1, 2**31])).tolist() == [splitmix(0), splitmix(1), splitmix(2**31)]


@given(st.data())
def test_any_split_chooses_the_lowest_hashes_of_each_class(data: st.DataObject) -> None:
    plan = ProbePlan(images=data.draw(st.integers(3, 9)), classes=3)
    labels = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=20, max_size=20)))
    order = np.array(data.draw(st.permutations(range(20))))
    cut = data.draw(st.integers(0, 20))
    means = np.arange(40.0).reshape(20, 2)
    parts: list[Probe] = []
    for rows in np.split(order, [cut]):
        keeper = ProbeKeeper(plan, Probe.empty(2))
        for some in np.array_split(rows, 3):
            chosen = some[keeper.candidates(some, labels[some])]
            keeper.add(chosen, labels[chosen], chosen % 3, means[chosen])
            keeper.result()
        parts.append(keeper.result())
    found = merge_probe(plan, *parts)
    expected: list[int] = []
    for label in (-1, 0, 1, 2):
        quota = plan.images if label < 0 else max(1, plan.images // 3)
        members = [image for image in range(20) if labels[image] == label]
        expected += sorted(members, key=splitmix)[:quota]
    assert found.samples.tolist() == expected
    np.testing.assert_array_equal(found.means, means[expected])
    assert found.predictions.tolist() == [image % 3 for image in expected]


def test_means_fit_float16_and_hold_no_nan() -> None:
    keeper = ProbeKeeper(ProbePlan(4, 1), Probe.empty(3))
    keeper.add(np.array([5]), np.array([0]), np.array([0]), np.array([[1e9, -1e9, np.nan]]))
    assert keeper.result().means.tolist() == [[65504.0, -65504.0, 0.0]]
