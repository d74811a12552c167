"""Titles of a run's clusters: what is known of a cluster is gathered as the words say, and only once."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from cnnvis.analysis.describe import said_of_images, said_of_patches
from cnnvis.compose import titles
from cnnvis.compose.layer_material import layer_material
from cnnvis.compose.looks import Looks
from cnnvis.compose.patches import PatchFinder
from cnnvis.compose.studio import Studio
from cnnvis.compose.titles import Titler, mean_profile, selective
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return read_run(write_run(tmp_path / "run"))


def test_evidence_is_what_patches_images_and_classes_say(run: Run) -> None:
    material = layer_material(run, "relu", PatchFinder(run, "relu"), Looks(run))
    members = np.array([0, 2])
    found = Titler(material)._evidence(members)
    shares = Looks(run).patches("relu")
    patches, plain = said_of_patches(shares[members], shares[:4].mean(axis=0))
    assert (list(found.patches), found.plain) == (patches, plain)
    means = run.statistics.probe("relu").means["relu"].astype(np.float64)
    z = (means - means.mean(axis=0)) / means.std(axis=0)
    expected = said_of_images(z[:, members].mean(axis=1), z[:, :4].mean(axis=1), Looks(run).images().qualities)
    assert list(found.images) == expected
    np.testing.assert_array_equal(found.profile, mean_profile(material.profiles[members]))
    assert not found.never_active
    assert Titler(material)._evidence(np.array([4])).never_active


def test_a_cluster_is_looked_at_once(run: Run) -> None:
    titler = Titler(layer_material(run, "relu", PatchFinder(run, "relu"), Looks(run)))
    first = titler.titles([(0, 1), (2, 3), (4,)])
    with patch.object(titles, "said_of_patches", side_effect=AssertionError):
        assert titler.titles([(1, 0), (3, 2), (4,)]) == first


def test_a_layer_that_sees_much_is_titled_without_its_patches(run: Run) -> None:
    with patch.object(Looks, "patches", side_effect=AssertionError):
        scene = Studio(run).layer("fc")
    assert all(cluster.title for cluster in scene.clusters)


def test_without_probe_activations_there_is_still_a_title(run: Run) -> None:
    material = layer_material(run, "fc", PatchFinder(run, "fc"))
    assert material.responses is None
    assert all(title.text for title in Titler(material).titles([(0,), (1, 2)]))


def test_mean_profiles_leave_out_what_is_not_known() -> None:
    rows = np.array([[1.0, np.nan, np.nan], [3.0, 2.0, np.nan]])
    np.testing.assert_array_equal(mean_profile(rows), [2.0, 2.0, np.nan])


def test_classes_with_few_images_need_a_stronger_preference() -> None:
    assert selective(np.array([400, 0, 500])) == 0.5
    assert selective(np.array([1, 1, 0])) == 3.0
    assert selective(np.array([0, 0])) == 0.5
