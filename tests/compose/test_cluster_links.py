"""Connections between clusters from what a run stores, against means over neurons taken one by one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose import cluster_links as module
from cnnvis.compose.cluster_links import ClusterLinks, contribution_for
from cnnvis.compose.members import Members
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


def test_by_weight_excitation_and_inhibition_are_means_over_pairs(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    links = ClusterLinks(run).between(CLUSTERS, None)
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
    links = ClusterLinks(run).between(CLUSTERS, contribution_for(run, CLUSTERS))[0, 1]
    stored = contribution()
    for row, sources in enumerate(TWO):
        for column in range(len(THREE)):
            every = [float(stored[source, column]) for source in sources]
            assert links.positive[row, column] == pytest.approx(sum(max(value, 0) for value in every) / len(every))
            assert links.negative[row, column] == pytest.approx(sum(min(value, 0) for value in every) / len(every))


def test_merged_clusters_take_the_mean_by_neurons(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    merged = {"relu": ((0, 1, 2, 3, 4),), "fc": ((0, 1, 2),)}
    stored = contribution_for(run, merged)
    assert stored is not None
    mean = contribution() @ np.array([1, 2]) / 3
    links = ClusterLinks(run).between(merged, stored)[0, 1]
    assert links.positive[0, 0] == pytest.approx(np.maximum(mean, 0).mean())
    assert links.negative[0, 0] == pytest.approx(np.minimum(mean, 0).mean())


@pytest.mark.parametrize(
    ("clusters", "why"),
    [
        ({"relu": TWO, "fc": ((0,), (1, 2))}, "a stored cluster was cut"),
        ({"relu": TWO}, "a column is hidden"),
    ],
)
def test_contributions_serve_only_the_clusters_they_were_computed_for(
    tmp_path: Path, clusters: dict[str, Members], why: str
) -> None:
    assert contribution_for(make_run(tmp_path / "run"), clusters) is None, why


def test_a_run_without_them(tmp_path: Path) -> None:
    run = make_run(tmp_path / "none", by_weight=False, stored=None)
    assert contribution_for(run, CLUSTERS) is None
    assert ClusterLinks(run).between(CLUSTERS, None) == {}


@pytest.mark.parametrize("mode", ["weights", "contribution"])
def test_only_the_pairs_of_an_edited_layer_are_computed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    run = make_run(tmp_path / "run")
    links, stored = ClusterLinks(run), contribution_for(run, CLUSTERS) if mode == "contribution" else None
    before = links.between(CLUSTERS, stored)[0, 1]
    monkeypatch.setattr(module, "fewer_columns", None)
    assert links.between(CLUSTERS, stored)[0, 1] is before
    edited = links.between(CLUSTERS | {"relu": ((0,), (1, 2, 3, 4))}, stored)[0, 1]
    assert edited is not before
    assert edited.positive.shape == (2, 2)


@given(seed=st.integers(0, 1000))
def test_no_split_of_the_source_changes_the_whole(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """A cluster's number is a mean: times its neurons it adds up to the same, however the neurons are grouped."""
    run = make_run(tmp_path_factory.mktemp("runs") / "run")
    order = np.random.default_rng(seed).permutation(5).tolist()
    split: Members = (tuple(order[:2]), tuple(order[2:]))
    for stored in (None, run.contribution_connections):
        found = ClusterLinks(run).between({"relu": split, "fc": THREE}, stored)[0, 1].positive * np.array([[2], [3]])
        whole = ClusterLinks(run).between({"relu": ((0, 1, 2, 3, 4),), "fc": THREE}, stored)[0, 1].positive * 5
        np.testing.assert_allclose(found.sum(axis=0), whole[0], rtol=1e-9)
