"""The points kept for drawing, against a slow reading of the definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.store.downsample import PointIndex, envelope, visible_points


def by_loops(steps: np.ndarray, values: np.ndarray, buckets: int, first: int, last: int) -> list[int]:
    kept: set[int] = set()
    inside = [i for i in range(len(steps)) if first <= steps[i] <= last]
    for number in range(buckets):
        low, high = (first + edge * (last - first + 1) / buckets for edge in (number, number + 1))
        mine = [i for i in inside if low <= steps[i] < high]
        if not mine:
            continue
        finite = [i for i in mine if np.isfinite(values[i])]
        strange = [i for i in mine if not np.isfinite(values[i])]
        kept |= {mine[0], mine[-1], *strange[:1]}
        if finite:
            kept |= {min(finite, key=lambda i: (values[i], i)), min(finite, key=lambda i: (-values[i], i))}
    outside = {i for i in ((inside[0] - 1, inside[-1] + 1) if inside else ()) if 0 <= i < len(steps)}
    return sorted(kept | outside)


@given(st.data())
def test_the_same_as_by_loops(data: st.DataObject) -> None:
    count = data.draw(st.integers(30, 200))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    steps = np.cumsum(rng.integers(1, 5, count))
    values = rng.integers(-4, 5, count).astype(np.float64)
    values[rng.random(count) < data.draw(st.sampled_from([0.0, 0.2, 1.0]))] = rng.choice([np.nan, np.inf, -np.inf])
    first, last = sorted((int(steps[rng.integers(count)]), int(steps[rng.integers(count)])))
    buckets = data.draw(st.integers(1, 5))
    found = visible_points(steps, values, buckets=buckets, span=(first, last))
    inside = int(((steps >= first) & (steps <= last)).sum())
    if inside > 5 * buckets:
        assert found.tolist() == by_loops(steps, values, buckets, first, last)
    else:
        assert {i for i in range(count) if first <= steps[i] <= last} <= set(found.tolist())
    assert len(found) <= 5 * buckets + 2


def test_a_million_points_become_few_and_keep_the_only_spike() -> None:
    values = np.zeros(1_000_000)
    values[123_457], values[777_777] = 5.0, np.nan
    found = visible_points(np.arange(len(values)), values, buckets=500)
    assert {0, 123_457, 777_777, 999_999} <= set(found.tolist())
    assert len(found) <= 2502


def test_few_points_and_none_stay_as_they_are() -> None:
    nothing = visible_points(np.zeros(0, np.int64), np.zeros(0), buckets=10)
    assert len(nothing) == 0
    assert visible_points(np.array([3, 9]), np.array([1.0, 2.0]), buckets=10).tolist() == [0, 1]
    assert visible_points(np.arange(9), np.zeros(9), buckets=2, span=(3, 5)).tolist() == [2, 3, 4, 5, 6]


@given(st.data())
def test_with_an_index_the_same_points_are_kept(data: st.DataObject) -> None:
    count = data.draw(st.integers(600, 5000))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    steps = np.cumsum(rng.integers(0, 4, count))
    values = rng.integers(-3, 4, count).astype(np.float64)
    values[rng.random(count) < data.draw(st.sampled_from([0.0, 0.01, 1.0]))] = rng.choice([np.nan, np.inf, -np.inf])
    index = PointIndex()
    for end in sorted(rng.integers(0, count, 3).tolist()):
        index.update(values[:end])
    index.update(values)
    first, last = sorted(rng.integers(0, int(steps[-1]) + 1, 2).tolist())
    for span in (None, (first, last)):
        buckets = data.draw(st.integers(1, 9))
        plain = visible_points(steps, values, buckets=buckets, span=span)
        np.testing.assert_array_equal(visible_points(steps, values, buckets=buckets, span=span, index=index), plain)


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 12))
def test_an_envelope_is_the_least_and_greatest_of_each_span(seed: int, count: int, buckets: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.integers(1, 5, count))
    values = rng.normal(size=(count, 2))
    values[rng.random((count, 2)) < 0.2] = np.nan
    lasts, low, high = envelope(steps, values, buckets=buckets)
    if count <= buckets:
        np.testing.assert_array_equal(lasts, steps)
        np.testing.assert_array_equal(low, values)
        np.testing.assert_array_equal(high, values)
        return
    width = (int(steps[-1]) - int(steps[0]) + 1) / buckets
    rows = []
    for number in range(buckets):
        inside = [i for i in range(count) if number <= (steps[i] - steps[0]) / width < number + 1]
        if inside:
            known = [[v for v in values[inside, place] if not np.isnan(v)] for place in (0, 1)]
            rows.append((steps[inside[-1]], known))
    assert lasts.tolist() == [int(last) for last, _ in rows]
    for place in (0, 1):
        np.testing.assert_array_equal(low[:, place], [min(known[place], default=np.nan) for _, known in rows])
        np.testing.assert_array_equal(high[:, place], [max(known[place], default=np.nan) for _, known in rows])
