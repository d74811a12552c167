"""Qualities of images made to have them, and which images are said to excite a cluster."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cnnvis.analysis.describe import IMAGE, image_qualities, said_of_images
from cnnvis.analysis.describe.images import QUALITIES, rank_correlations

DOWN, RIGHT = np.mgrid[:IMAGE, :IMAGE]


def image(pixels: object) -> np.ndarray:
    return np.broadcast_to(np.asarray(pixels), (IMAGE, IMAGE, 3)).astype(np.uint8)


def stripes(along: np.ndarray, wide: int) -> np.ndarray:
    return np.where((along // wide % 2 == 0)[..., None], (60, 60, 60), (190, 190, 190))


@pytest.mark.parametrize(
    ("words", "much", "little"),
    [
        (0, image((230, 230, 230)), image((30, 30, 30))),
        (1, image((220, 40, 40)), image((130, 130, 130))),
        (2, image(stripes(RIGHT, 3)), image(stripes(RIGHT, 24))),
        (3, image(np.where((RIGHT < 24)[..., None], 0, 255)), image(np.where((RIGHT < 24)[..., None], 120, 136))),
        (4, image((40, 60, 220)), image((220, 220, 40))),
        (5, image((220, 40, 40)), image((40, 180, 40))),
        (6, image(stripes(RIGHT, 6)), image(stripes(DOWN, 6))),
    ],
    ids=[much for _, much, _ in QUALITIES],
)
def test_each_quality_is_measured(words: int, much: np.ndarray, little: np.ndarray) -> None:
    more, less = image_qualities(np.stack([much, little]))[:, words]
    assert more > less


@given(seed=st.integers(0, 200), count=st.integers(3, 30))
def test_rank_correlations_are_spearmans(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    values, others = np.round(rng.normal(size=count), 1), np.round(rng.normal(size=(count, 3)), 1)
    others[:, 2] = 1.0
    found = rank_correlations(values, others)
    for place in range(2):
        if np.ptp(others[:, place]) and np.ptp(values):
            assert found[place] == pytest.approx(spearmanr(values, others[:, place]).statistic)
    assert found[2] == 0.0


def qualities_of(place: int, values: np.ndarray) -> np.ndarray:
    """Random qualities, one of which is given."""
    found = np.random.default_rng(1).normal(size=(len(values), len(QUALITIES)))
    found[:, place] = values
    return found


@pytest.mark.parametrize("place", range(len(QUALITIES)))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_cluster_that_follows_a_quality_is_named_by_it(place: int, sign: int) -> None:
    values = np.random.default_rng(0).normal(size=80)
    found = said_of_images(sign * values, np.zeros(80), qualities_of(place, values))
    assert found[0].text == QUALITIES[place][1 if sign > 0 else 2]
    assert found[0].strength == pytest.approx(0.8)


def test_what_the_whole_layer_follows_names_no_cluster() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=80)
    cluster = values + 0.1 * rng.normal(size=80)
    assert said_of_images(cluster, values, qualities_of(2, values)) == []


def test_nothing_is_said_without_images_or_differences() -> None:
    assert said_of_images(np.zeros(0), np.zeros(0), np.zeros((0, 7))) == []
    assert said_of_images(np.ones(9), np.ones(9), np.random.default_rng(0).normal(size=(9, 7))) == []
    assert said_of_images(np.arange(9.0), np.zeros(9), np.zeros((9, 7))) == []
