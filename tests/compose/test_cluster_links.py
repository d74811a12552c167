"""Connections between clusters from what a run stores, against means over neurons taken one by one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose import cluster_links
from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.cluster_links import ClusterLinks, Members, Pairs
from cnnvis.compose.recomputed import Recomputed
from cnnvis.schema.connection_scene import ConnectionMode
from cnnvis.schema.connections import ConnectionMatrix, Connections, ContributionConnections, ContributionMatrix
from cnnvis.store.connections import write_connections
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run

TWO: Members = ((0, 2), (1,), (3, 4))
THREE: Members = ((2,), (0, 1))
CLUSTERS = {"relu": TWO, "fc": THREE}


def weights() -> np.ndarray:
    return np.random.default_rng(0).integers(-4, 5, (5, 3)).astype(np.float32)


def contribution(clusters: Members = THREE) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(5, len(clusters))).astype(np.float32)


def make_run(folder: Path, *, by_weight: bool = True, stored: Members | None = THREE) -> Run:
    path = write_run(folder)
    if by_weight:
        matrix = ConnectionMatrix(source="relu", target="fc", values=weights(), notes=("Gates are means.",))
        write_connections(path / "snapshots" / "0", Connections(pairs={("relu", "fc"): matrix}))
    if stored is not None:
        given_to = ContributionMatrix(source="relu", target="fc", clusters=stored, values=contribution(stored))
        read_run(path).add_contribution_connections(
            ContributionConnections(pairs={("relu", "fc"): given_to}, images=9, notes=())
        )
    return read_run(path)


def links_of(run: Run) -> ClusterLinks:
    return ClusterLinks(run, Recomputed(DerivedCache(run)))


def between(run: Run, mode: ConnectionMode, clusters: dict[str, Members]) -> Pairs:
    return links_of(run).between(mode, clusters)


def test_by_weight_excitation_and_inhibition_are_means_over_pairs(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    links = between(run, "weights", CLUSTERS)
    assert list(links) == [(0, 1)]
    stored = weights()
    for row, sources in enumerate(TWO):
        for column, targets in enumerate(THREE):
            every = [float(stored[source, target]) for source in sources for target in targets]
            positive, negative = (sum(max(sign * value, 0) for value in every) / len(every) for sign in (1, -1))
            assert links[0, 1].positive[row, column] == pytest.approx(positive, rel=1e-3)
            assert links[0, 1].negative[row, column] == pytest.approx(-negative, rel=1e-3)
    assert links[0, 1].notes == ("Gates are means.",)


def test_by_contribution_signs_are_parted_neuron_by_neuron(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    links = between(run, "contribution", CLUSTERS)[0, 1]
    stored = contribution()
    for row, sources in enumerate(TWO):
        for column in range(len(THREE)):
            every = [float(stored[source, column]) for source in sources]
            assert links.positive[row, column] == pytest.approx(sum(max(value, 0) for value in every) / len(every))
            assert links.negative[row, column] == pytest.approx(sum(min(value, 0) for value in every) / len(every))


def test_merged_clusters_take_the_mean_by_neurons(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    merged = {"relu": ((0, 1, 2, 3, 4),), "fc": ((0, 1, 2),)}
    assert links_of(run).modes(merged) == ("weights", "contribution")
    mean = contribution() @ np.array([1, 2]) / 3
    links = between(run, "contribution", merged)[0, 1]
    assert links.positive[0, 0] == pytest.approx(np.maximum(mean, 0).mean())
    assert links.negative[0, 0] == pytest.approx(np.minimum(mean, 0).mean())


def test_contributions_serve_only_the_columns_they_were_computed_for(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    assert links_of(run).modes({"relu": TWO}) == ("weights",)
    assert links_of(run).modes({"relu": TWO, "fc": ((0,), (1, 2))}) == ("weights", "contribution")


def test_modes_are_those_that_are_stored(tmp_path: Path) -> None:
    assert links_of(make_run(tmp_path / "none", by_weight=False, stored=None)).modes(CLUSTERS) == ()
    assert links_of(make_run(tmp_path / "one", by_weight=False)).modes(CLUSTERS) == ("contribution",)
    assert between(make_run(tmp_path / "two", by_weight=False), "weights", CLUSTERS) == {}


partitions = st.lists(st.integers(0, 2), min_size=3, max_size=3).map(
    lambda of: tuple(tuple(np.flatnonzero(np.array(of) == part).tolist()) for part in sorted(set(of)))
)


@given(stored=partitions, targets=partitions)
def test_in_a_cut_cluster_each_neuron_stands_for_the_one_it_was_in(
    tmp_path_factory: pytest.TempPathFactory, stored: Members, targets: Members
) -> None:
    run = make_run(tmp_path_factory.mktemp("runs") / "run", stored=stored)
    links = between(run, "contribution", {"relu": TWO, "fc": targets})[0, 1]
    values = contribution(stored)
    was_in = {neuron: place for place, cluster in enumerate(stored) for neuron in cluster}
    for place, target in enumerate(targets):
        mean = np.mean([values[:, was_in[neuron]] for neuron in target], axis=0)
        for row, sources in enumerate(TWO):
            each = mean[list(sources)]
            assert links.positive[row, place] == pytest.approx(np.maximum(each, 0).mean())
            assert links.negative[row, place] == pytest.approx(np.minimum(each, 0).mean())
        whole = all(set(cluster) <= set(target) or not set(cluster) & set(target) for cluster in stored)
        assert (place in links.stale) == (not whole)


def test_what_was_recomputed_for_an_edit_is_taken_where_it_fits_better(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    links, cut = links_of(run), {"relu": TWO, "fc": ((0,), (1, 2))}
    assert links.between("contribution", cut)[0, 1].stale == (0, 1)
    values = np.ones((5, 2), np.float32)
    matrix = ContributionMatrix(source="relu", target="fc", clusters=cut["fc"], values=values)
    Recomputed(DerivedCache(run)).keep(ContributionConnections(pairs={("relu", "fc"): matrix}))
    found = links.between("contribution", cut)[0, 1]
    assert found.stale == ()
    assert (found.positive == 1).all()
    # The clusters of the analysis keep what was computed for them.
    assert (links.between("contribution", CLUSTERS)[0, 1].positive != 1).all()


def test_only_the_pairs_of_an_edited_layer_are_computed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = links_of(make_run(tmp_path / "run"))
    before = {mode: links.between(mode, CLUSTERS) for mode in ("weights", "contribution")}
    monkeypatch.setattr(cluster_links, "fewer_columns", None)
    for mode, found in before.items():
        assert links.between(mode, CLUSTERS)[0, 1] is found[0, 1]
        edited = links.between(mode, CLUSTERS | {"relu": ((0,), (1, 2, 3, 4))})[0, 1]
        assert edited is not found[0, 1]


@given(seed=st.integers(0, 1000))
def test_no_split_of_the_source_changes_the_whole(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """A cluster's number is a mean: times its neurons it adds up to the same, however the neurons are grouped."""
    run = make_run(tmp_path_factory.mktemp("runs") / "run")
    order = np.random.default_rng(seed).permutation(5).tolist()
    split: Members = (tuple(order[:2]), tuple(order[2:]))
    for mode in ("weights", "contribution"):
        found = between(run, mode, {"relu": split, "fc": THREE})[0, 1].positive * np.array([[2], [3]])
        whole = between(run, mode, {"relu": ((0, 1, 2, 3, 4),), "fc": THREE})[0, 1].positive * 5
        np.testing.assert_allclose(found.sum(axis=0), whole[0], rtol=1e-9)
