"""The way backwards, step by step as defined, and how much passes, over all ways one by one."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.arrange import Arrangement
from cnnvis.compose.cluster_links import Links
from cnnvis.compose.connection_modes import Modes
from cnnvis.compose.linked import Linked, columns_of
from cnnvis.compose.strongest_path import MOST_ALTERNATIVES, Place, build_path, flow, incoming_shares, strongest_way
from cnnvis.store.reader import read_run
from tests.making.clusters import layer, pairs
from tests.making.folder import write_run

Shares = dict[Place, dict[Place, float]]


def all_ways(shares: Shares, place: Place) -> Iterator[tuple[Place, ...]]:
    """Every way that ends here, from where nothing excites a cluster."""
    if not shares.get(place):
        yield (place,)
    for before in shares.get(place, {}):
        for way in all_ways(shares, before):
            yield (*way, place)


def random_shares(seed: int, sizes: list[int], density: float) -> tuple[Shares, dict[Place, float]]:
    neurons = [np.random.default_rng(seed).integers(1, 9, size) for size in sizes]
    shares = incoming_shares(pairs(seed, sizes, density=density), neurons)
    given_to = {(len(sizes) - 1, place): 1.0 / (place + 1) for place in range(sizes[-1])}
    return shares, {place: share / sum(given_to.values()) for place, share in given_to.items()}


CASES = {
    "seed": st.integers(0, 10_000),
    "sizes": st.lists(st.integers(1, 3), min_size=1, max_size=4),
    "density": st.sampled_from([0.2, 0.5, 1.0]),
}


@settings(deadline=None)
@given(**CASES)
def test_each_step_goes_to_the_nearest_column_that_gives_its_even_share_and_to_its_strongest_cluster(
    seed: int, sizes: list[int], density: float
) -> None:
    shares, ends = random_shares(seed, sizes, density)
    way = strongest_way(shares, ends)
    whole = {place for end in ends for way in all_ways(shares, end) if way[0][0] == 0 for place in way}
    for number, place in enumerate(way):
        choices = shares[way[number - 1]] if number else ends
        choices = {other: share for other, share in choices.items() if other in whole} or choices
        given_by = {
            column: sum(share for other, share in choices.items() if other[0] == column)
            for column in {other[0] for other in choices}
        }
        even = sum(given_by.values()) / len(given_by)
        assert given_by[place[0]] >= even - 1e-8
        assert all(share < even for column, share in given_by.items() if column > place[0])
        assert choices[place] == max(share for other, share in choices.items() if other[0] == place[0])
    assert not shares.get(way[-1])
    assert way[-1][0] == 0 or not whole


@settings(deadline=None)
@given(**CASES)
def test_what_passes_is_the_sum_over_all_ways(seed: int, sizes: list[int], density: float) -> None:
    shares, ends = random_shares(seed, sizes, density)
    wanted: dict[Place, float] = {}
    for end, begin in ends.items():
        for way in all_ways(shares, end):
            chance = begin * prod(shares[after][before] for before, after in pairwise(way))
            for place in way:
                wanted[place] = wanted.get(place, 0.0) + chance
    assert flow(shares, ends) == pytest.approx(wanted)


def test_many_clusters_in_a_column_do_not_make_it_weaker() -> None:
    """The product of shares preferred one step to a far column with few clusters: 18 % there against 82 % in seven."""
    shares: Shares = {
        (2, 0): {(0, 0): 0.18, **{(1, place): 0.82 / 7 for place in range(7)}},
        **{(1, place): {(0, 0): 0.5, (0, 1): 0.5} for place in range(7)},
    }
    assert strongest_way(shares, {(2, 0): 1.0}) == [(2, 0), (1, 0), (0, 0)]


def test_a_column_that_gives_less_than_its_even_share_is_left_out() -> None:
    shares: Shares = {
        (3, 0): {(2, 0): 0.2, (1, 0): 0.25, (1, 1): 0.15, (0, 0): 0.4},
        **{key: {(0, 0): 1.0} for key in ((2, 0), (1, 0), (1, 1))},
    }
    assert strongest_way(shares, {(3, 0): 1.0}) == [(3, 0), (1, 0), (0, 0)]


def test_a_way_that_breaks_off_is_passed_over() -> None:
    shares: Shares = {(2, 0): {(1, 0): 0.9, (1, 1): 0.1}, (1, 1): {(0, 0): 0.5, (0, 1): 0.5}}
    assert strongest_way(shares, {(2, 0): 1.0}) == [(2, 0), (1, 1), (0, 0)]
    assert strongest_way({(2, 0): {(1, 0): 1.0}}, {(2, 0): 1.0}) == [(2, 0), (1, 0)]
    assert strongest_way({}, {}) == []


@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_shares_are_parts_of_the_excitation(seed: int, sizes: list[int]) -> None:
    links = pairs(seed, sizes)
    neurons = [np.arange(1, size + 1) for size in sizes]
    shares = incoming_shares(links, neurons)
    for (column, place), given_shares in shares.items():
        whole = sum(
            float(links[source, column].positive[row, place]) * (row + 1)
            for source in range(column)
            for row in range(sizes[source])
        )
        assert sum(given_shares.values()) == pytest.approx(1.0)
        for (source, row), share in given_shares.items():
            assert share == pytest.approx(float(links[source, column].positive[row, place]) * (row + 1) / whole)


def linked() -> Linked:
    layers = [layer("conv", [(0,)]), layer("relu", [(0, 1), (2,), (3, 4)]), layer("fc", [(0,), (1, 2)])]
    links = Links(positive=np.array([[1.0, 0.0], [1.0, 3.0], [0.5, 1.0]]), negative=np.full((3, 2), -9.0))
    jump = Links(positive=np.array([[1.0, 0.0]]), negative=np.zeros((1, 2)))
    orders = (np.arange(1), np.arange(3), np.arange(2))
    return Linked(
        columns=tuple(columns_of(layers, {"relu": "First"})),
        mode="weights",
        modes=Modes(available=("weights",), stored=("weights",), absent=(), contribution=None, check=None),
        pairs={(1, 2): links, (0, 2): jump},
        arrangement=Arrangement(orders=orders, crossings=0.0, unordered=0.0, moved=None),
        shared=(),
        warning="",
    )


def test_from_a_cluster_every_stop_has_its_share_and_its_rivals_in_all_columns(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    scene = build_path(run, linked(), start=("fc", "c1"))
    assert (scene.start, scene.mode, scene.images) == ("“title of c1” in fc", "weights", None)
    # Nothing leads from the first column to "relu", so the way goes past it.
    assert [(stop.column, stop.layer, stop.cluster) for stop in scene.stops] == [(2, "fc", "c1"), (0, "conv", "c1")]
    assert [stop.share for stop in scene.stops] == [1.0, 0.2]
    assert [stop.column_share for stop in scene.stops] == [1.0, 0.2]
    assert [stop.passing for stop in scene.stops] == [1.0, 0.2]
    assert [(other.layer, other.cluster, other.share) for other in scene.stops[1].alternatives] == [
        ("relu", "c1", 0.4),
        ("relu", "c2", 0.2),
        ("relu", "c3", 0.2),
    ]
    assert len(scene.stops[1].alternatives) <= MOST_ALTERNATIVES


@pytest.mark.parametrize("contributions", [True, False])
def test_a_class_begins_at_what_speaks_for_it(tmp_path: Path, *, contributions: bool) -> None:
    run = read_run(write_run(tmp_path / "run", contributions=contributions))
    if run.contributions is not None:
        values = run.contributions.values("relu")[1].astype(np.float64)
    else:
        unit = run.statistics.unit("relu")
        values = (unit.after_mean[1].astype(np.float64) - unit.mean) / unit.std
    given_to = [float(np.maximum(values[list(members)], 0).sum()) for members in ((0, 1), (2,), (3, 4))]
    scene = build_path(run, linked(), start=1)
    assert scene.start == "the class “bee”"
    (stop,) = scene.stops
    assert (stop.layer, stop.cluster) == ("relu", f"c{1 + int(np.argmax(given_to))}")
    assert stop.share == pytest.approx(max(given_to) / sum(given_to))
    assert stop.column_share == pytest.approx(1.0)


@pytest.mark.parametrize("start", [3, -1, ("fc", "c9"), ("nowhere", "c1")])
def test_an_unknown_start_is_named(tmp_path: Path, start: int | tuple[str, str]) -> None:
    run = read_run(write_run(tmp_path / "run"))
    with pytest.raises(KeyError):
        build_path(run, linked(), start=start)
