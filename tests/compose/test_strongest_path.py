"""The strongest way backwards is the best of all ways, tried one by one."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.cluster_links import Links
from cnnvis.compose.connection_scene import Linked, columns_of
from cnnvis.compose.strongest_path import Place, build_path, incoming_shares, strongest_way
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


def product(shares: Shares, ends: dict[Place, float], way: tuple[Place, ...]) -> float:
    return ends[way[-1]] * prod(shares[after][before] for before, after in pairwise(way))


@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    density=st.sampled_from([0.2, 0.5, 1.0]),
)
def test_it_is_the_best_of_all_ways(seed: int, sizes: list[int], density: float) -> None:
    neurons = [np.random.default_rng(seed).integers(1, 9, size) for size in sizes]
    shares = incoming_shares(pairs(seed, sizes, density=density), neurons)
    ends = {(len(sizes) - 1, place): 1.0 / (place + 1) for place in range(sizes[-1])}
    found = strongest_way(shares, ends)
    ways = [way for end in ends for way in all_ways(shares, end)]
    whole = [way for way in ways if way[0][0] == 0] or ways
    assert found.places in whole
    assert prod(found.shares) == pytest.approx(max(product(shares, ends, way) for way in whole))
    assert prod(found.shares) == pytest.approx(product(shares, ends, found.places))


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


def test_a_way_that_breaks_off_does_not_win() -> None:
    shares: Shares = {(2, 0): {(1, 0): 0.9, (1, 1): 0.1}, (1, 1): {(0, 0): 0.5, (0, 1): 0.5}}
    found = strongest_way(shares, {(2, 0): 1.0})
    assert found.places == ((0, 0), (1, 1), (2, 0))
    assert found.shares == (0.5, 0.1, 1.0)


def test_without_an_end_there_is_no_way() -> None:
    assert strongest_way({}, {}).places == ()


def linked() -> Linked:
    layers = [layer("relu", [(0, 1), (2,), (3, 4)]), layer("fc", [(0,), (1, 2)])]
    links = Links(positive=np.array([[1.0, 0.0], [1.0, 3.0], [0.5, 1.0]]), negative=np.full((3, 2), -9.0))
    return Linked(
        columns=tuple(columns_of(layers, {"relu": "First"})),
        mode="weights",
        modes=("weights",),
        pairs={(0, 1): links},
        orders=(np.arange(3), np.arange(2)),
        warning="",
    )


def test_from_a_cluster_every_stop_has_its_share_and_its_rivals(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    scene = build_path(run, linked(), start=("fc", "c1"))
    assert scene.start == "“title of c1” in fc"
    assert [(stop.column, stop.layer, stop.cluster) for stop in scene.stops] == [(1, "fc", "c1"), (0, "relu", "c1")]
    assert [stop.share for stop in scene.stops] == [1.0, 0.5]
    assert [(other.cluster, other.share) for other in scene.stops[1].alternatives] == [("c2", 0.25), ("c3", 0.25)]


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


@pytest.mark.parametrize("start", [3, -1, ("fc", "c9"), ("nowhere", "c1")])
def test_an_unknown_start_is_named(tmp_path: Path, start: int | tuple[str, str]) -> None:
    run = read_run(write_run(tmp_path / "run"))
    with pytest.raises(KeyError):
        build_path(run, linked(), start=start)
