"""What patches and images look like: measured patch by patch in a slow way, and kept."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image

from cnnvis.analysis.describe import IMAGE, PATCH, WORDS, image_qualities, patch_words
from cnnvis.compose import looks
from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.looks import Looks, patch_shares
from cnnvis.compose.patches import PatchFinder
from cnnvis.store.pictures import to_image
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return read_run(write_run(tmp_path / "run"))


def brought(pixels: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(to_image(pixels).convert("RGB").resize((side, side), Image.Resampling.BILINEAR))


def test_each_neuron_has_the_share_of_its_patches_that_a_word_fits(run: Run) -> None:
    finder, statistics = PatchFinder(run, "relu"), run.statistics.unit("relu")
    found = patch_shares(run, "relu")
    assert found.shape == (5, len(WORDS))
    for neuron in range(5):
        patches = [brought(finder.pixels(one), PATCH) for _, one in finder.stored(statistics, neuron)]
        if not patches:
            assert np.isnan(found[neuron]).all()
            continue
        expected = np.mean([patch_words(one[None])[0] for one in patches], axis=0)
        np.testing.assert_allclose(found[neuron], expected, atol=1e-6)


def test_many_patches_are_measured_in_parts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = patch_shares(run, "relu")
    monkeypatch.setattr(looks, "CHUNK", 2)
    np.testing.assert_array_equal(patch_shares(run, "relu"), whole)


def test_of_layers_with_many_neurons_fewer_patches_are_looked_at(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_PATCHES", 5)
    monkeypatch.setattr(looks, "FEWEST", 1)
    finder, statistics = PatchFinder(run, "relu"), run.statistics.unit("relu")
    found = patch_shares(run, "relu")
    best = brought(finder.pixels(finder.stored(statistics, 0)[0][1]), PATCH)
    np.testing.assert_array_equal(found[0], patch_words(best[None])[0])


def test_images_are_those_of_the_probe_set_that_were_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Looks(run).images()
    samples = run.statistics.probe().samples
    assert measured.rows.tolist() == list(range(len(samples)))
    expected = image_qualities(np.stack([brought(run.pictures.pixels(int(one)), IMAGE) for one in samples]))
    np.testing.assert_allclose(measured.qualities, expected, atol=2e-3)
    monkeypatch.setattr(looks, "MOST_IMAGES", 4)
    assert len(Looks(run).images().rows) == 4


def test_what_was_measured_is_kept_in_the_run(run: Run) -> None:
    first = Looks(run, DerivedCache(run))
    patches, images = first.patches("relu"), first.images()
    with (
        patch.object(looks, "patch_shares", side_effect=AssertionError),
        patch.object(looks, "image_qualities", side_effect=AssertionError),
    ):
        again = Looks(run, DerivedCache(run))
        np.testing.assert_array_equal(again.patches("relu"), patches)
        np.testing.assert_array_equal(again.images().qualities, images.qualities)
