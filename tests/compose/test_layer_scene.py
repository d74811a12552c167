"""A layer's scene: its clusters cover the neurons, titles differ, and the facts are those of the definitions."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.analysis.cluster import cluster_neurons
from cnnvis.compose.layer_material import layer_material
from cnnvis.compose.layer_scene import build_layer
from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.scene import LayerScene
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return read_run(write_run(tmp_path / "run"))


@pytest.fixture
def scene(run: Run) -> LayerScene:
    return build_layer(run, "relu", PatchFinder(run, "relu"))


def test_clusters_are_those_found_in_the_features(run: Run, scene: LayerScene) -> None:
    material = layer_material(run, "relu", PatchFinder(run, "relu"))
    found = cluster_neurons(material.features, material.never_active).assignment
    for number, cluster in enumerate(scene.clusters):
        assert sorted(cluster.neurons) == np.flatnonzero(found == number).tolist()
    assert [cluster.id for cluster in scene.clusters] == [f"c{number + 1}" for number in range(found.max() + 1)]


def test_titles_are_there_and_differ(scene: LayerScene) -> None:
    titles = [cluster.title for cluster in scene.clusters]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert scene.clusters[-1].title == "never active"


def test_agreement_is_the_mean_correlation_with_the_mean_profile(run: Run, scene: LayerScene) -> None:
    material = layer_material(run, "relu", PatchFinder(run, "relu"))
    for cluster in scene.clusters:
        rows = material.profiles[list(cluster.neurons)]
        np.testing.assert_allclose(cluster.profile, rows.mean(axis=0), atol=6e-5)
        if cluster.never_active:
            assert cluster.agreement is None
            continue
        # The mean of the rows without their own means, as in the definition.
        centre = (rows - rows.mean(axis=1, keepdims=True)).mean(axis=0)
        expected = np.mean([np.corrcoef(row, centre)[0, 1] for row in rows])
        assert cluster.agreement == pytest.approx(expected)


def test_same_run_same_scene(run: Run, scene: LayerScene) -> None:
    assert build_layer(run, "relu", PatchFinder(run, "relu")) == scene
