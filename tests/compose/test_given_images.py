"""Images that a person gives: the run's own, given as files, answer as they did in the analysis."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import cnnvis
from cnnvis.compose.given_images import LIKELIEST, LONGEST_SIDE, likeliest_labels
from cnnvis.compose.given_scene import given_scene, given_units
from cnnvis.compose.studio import Studio
from cnnvis.compose.workshop import Workshop
from cnnvis.observe.inputs import from_dataset
from cnnvis.schema.errors import DataError
from cnnvis.schema.worker import AnswerJob, AnswerResult, GivenImage
from cnnvis.store.reader import Run, read_run

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 12, 12)).astype(np.uint8)
LABELS = np.arange(40) % 4


def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(128, 4)
    ).eval()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = tmp_path_factory.mktemp("given") / "run"
    cnnvis.analyze(network(), (PIXELS, LABELS), to=path, progress=False, device="cpu", contributions=False)
    return read_run(path)


def file_of(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def answers(run: Run, *images: GivenImage) -> AnswerResult:
    workshop = Workshop(model=network(), source=from_dataset((PIXELS, LABELS)), device="cpu")
    told: list[tuple[int, int, str]] = []
    job = AnswerJob(images=images, units=given_units(Studio(run)))
    found = workshop.do(run, job, lambda *words: told.append(words))
    assert isinstance(found, AnswerResult)
    assert told[0] == (0, len(images), "showing the images to the network")
    return found


def test_the_runs_own_images_answer_as_in_the_analysis(run: Run) -> None:
    probe = run.statistics.probe(*given_units(Studio(run)))
    assert len(probe.means) == 2
    chosen = probe.samples[[3, 17]].tolist()
    found = answers(run, *(GivenImage(name=f"{each}.png", data=file_of(PIXELS[each])) for each in chosen))
    for unit in found.units:
        np.testing.assert_allclose(unit.means, probe.means[unit.unit][[3, 17]], rtol=2e-3, atol=1e-3)
    assert [each.probabilities[0][0] for each in found.images] == probe.predictions[[3, 17]].tolist()
    shares = [share for _, share in found.images[0].probabilities]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
    scene = given_scene(Studio(run), found, "given/image?place=")
    assert [each.image for each in scene.images] == ["given/image?place=0", "given/image?place=1"]
    assert sum(each.images for each in scene.predictions) == 2
    assert scene.prepared == run.file.data.preprocessing


def test_clusters_are_held_against_the_profile_of_the_answer_or_of_the_class_that_is_named(run: Run) -> None:
    studio = Studio(run)
    found = answers(run, GivenImage(name="x", data=file_of(PIXELS[5])))
    answered = found.images[0].probabilities[0][0]
    for label in (None, 2):
        scene = given_scene(studio, found, "", label)
        assert scene.against == label
        for each in scene.differing:
            neurons = next(list(c.neurons) for c in studio.layer(each.layer).clusters if c.id == each.cluster)
            probe = run.statistics.probe(each.layer).means[each.layer][:, neurons].astype(np.float64)
            spread = np.where(probe.std(0) > 0, probe.std(0), np.inf)
            values = np.array(next(u.means[0] for u in found.units if u.unit == each.layer))[neurons]
            profile = run.statistics.array(each.layer, "after_mean")[answered if label is None else label][neurons]
            assert each.answer == pytest.approx(((values - probe.mean(0)) / spread).mean(), abs=1e-6)
            assert each.profile == pytest.approx(((profile - probe.mean(0)) / spread).mean(), abs=1e-6)
    with pytest.raises(KeyError):
        given_scene(studio, found, "", 4)


def test_what_cannot_be_read_is_left_out_and_said(run: Run) -> None:
    good = GivenImage(name="good.png", data=file_of(np.kron(PIXELS[0], np.ones((50, 50))).astype(np.uint8)))
    bad = GivenImage(name="bad.txt", data=b"hello")
    found = answers(run, bad, good)
    assert [each.name for each in found.images] == ["good.png"]
    assert found.refused == ("bad.txt is not an image that can be read here.",)
    assert found.images[0].size == (600, 600)
    with Image.open(io.BytesIO(found.images[0].picture)) as picture:
        assert max(picture.size) == LONGEST_SIDE
    with pytest.raises(DataError, match=r"^bad.txt is not an image.*bad.txt is not an image"):
        answers(run, bad, bad)


def test_the_likeliest_labels() -> None:
    values = np.array([[0.1, np.nan, 0.6, 0.1, 0.2, 0.0, 0.0]])
    assert likeliest_labels(values, None) == [((2, 0.6), (4, 0.2), (0, 0.1), (3, 0.1), (1, 0.0))]
    assert len(likeliest_labels(values, None)[0]) == LIKELIEST
    assert likeliest_labels(values, np.array([-1, 0, 1, 2, -1, 3, 4]))[0][:2] == ((1, 0.6), (-1, 0.2))
    assert likeliest_labels(None, None) == []


def test_an_output_that_is_no_class_has_no_profile(run: Run, tmp_path: Path) -> None:
    del tmp_path
    found = answers(run, GivenImage(name="x", data=file_of(PIXELS[5])))
    from msgspec.structs import replace

    beyond = replace(found, images=(replace(found.images[0], probabilities=((9, 0.7), (-1, 0.2), (1, 0.1))),))
    scene = given_scene(Studio(run), beyond, "")
    assert [each.label for each in scene.images[0].answers] == [None, None, 1]
    assert scene.predictions == ()
    assert all(each.profile == 0 for each in scene.differing)
