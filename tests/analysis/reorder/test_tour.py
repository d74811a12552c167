"""The two changes of a tour against lists that are cut and glued."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.reorder.tour import Tour


def links(order: list[int]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in zip(order, order[1:] + order[:1], strict=True)}


@given(seed=st.integers(0, 5000), size=st.integers(6, 14), backward=st.booleans())
def test_exchange_replaces_two_links(seed: int, size: int, *, backward: bool) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(size).tolist()
    first, second = sorted(rng.choice(size, 2, replace=False).tolist())
    a, b, c, d = order[first], order[(first + 1) % size], order[second], order[(second + 1) % size]
    if len({a, b, c, d}) < 4:
        return
    tour = Tour(order)
    if backward:
        tour.exchange(b, a, d, c)
        expected = {frozenset({b, d}), frozenset({a, c})}
    else:
        tour.exchange(a, b, c, d)
        expected = {frozenset({a, c}), frozenset({b, d})}
    assert links(tour.order()) == links(order) - {frozenset({a, b}), frozenset({c, d})} | expected
    assert [tour.place[row] for row in tour.order()] == list(range(size))
    tour.undo()
    assert tour.order() == order


@given(seed=st.integers(0, 5000), size=st.integers(8, 14), length=st.integers(1, 3))
def test_carry_moves_a_segment(seed: int, size: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(size).tolist()
    direction = order if rng.random() < 0.5 else order[::-1]
    start = int(rng.integers(size))
    around = direction[start:] + direction[:start]
    before, segment, rest = around[0], around[1 : 1 + length], around[1 + length :]
    place = int(rng.integers(len(rest) - 1))
    one, other = rest[place], rest[place + 1]
    if rng.random() < 0.5:
        one, other = other, one
    tour = Tour(order)
    tour.carry((before, segment[0], segment[-1], rest[0]), (one, other))
    taken = {frozenset({before, segment[0]}), frozenset({segment[-1], rest[0]}), frozenset({one, other})}
    given_ = {frozenset({before, rest[0]}), frozenset({segment[0], one}), frozenset({segment[-1], other})}
    assert links(tour.order()) == links(order) - taken | given_
    tour.undo()
    assert tour.order() == order
