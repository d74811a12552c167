"""Words for patches, on patches made to have them, and what a cluster's patches are said to share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.describe import PATCH, WORDS, patch_words, said_of_patches
from cnnvis.analysis.describe.looks import DISTINCT, MOST, OFTEN, OFTENER, Said

TEXTS = [word.text for word in WORDS]
DOWN, RIGHT = np.mgrid[:PATCH, :PATCH]


def words(pixels: np.ndarray) -> set[str]:
    found = patch_words(np.broadcast_to(pixels, (PATCH, PATCH, 3)).astype(np.uint8)[None])[0]
    return {text for text, fits in zip(TEXTS, found, strict=True) if fits}


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> np.ndarray:
    return np.where((RIGHT < PATCH // 2)[..., None], left, right)


@pytest.mark.parametrize(
    ("pixels", "fits", "not_fits"),
    [
        (np.array((230, 20, 20)), {"red", "warm colours", "colourful", "flat areas"}, {"blue", "edges", "grey tones"}),
        (
            halves((20, 160, 40), (230, 20, 20)),
            {"red-green", "red", "green", "warm colours", "cool colours"},
            {"black-white", "flat areas"},
        ),
        (
            halves((0, 0, 0), (255, 255, 255)),
            {"black-white", "dark left of bright", "vertical edges", "bright at the right", "edges", "high contrast"},
            {"horizontal edges", "lines and stripes", "colourful"},
        ),
        (np.array((250, 250, 250)), {"bright", "grey tones", "low contrast"}, {"dark", "black-white"}),
        (np.array((10, 10, 10)), {"dark", "grey tones"}, {"bright"}),
        (
            np.where((DOWN // 3 % 2 == 0)[..., None], (0, 0, 0), (255, 255, 255)),
            {"horizontal stripes", "horizontal lines", "horizontal edges", "lines and stripes", "edges"},
            {"vertical edges", "diagonal edges", "spots"},
        ),
    ],
    ids=["red", "red and green", "edge", "white", "black", "stripes"],
)
def test_patches_have_the_words_they_were_made_for(pixels: np.ndarray, fits: set[str], not_fits: set[str]) -> None:
    found = words(pixels)
    assert fits <= found
    assert not not_fits & found


def test_no_word_is_there_twice() -> None:
    assert len(set(TEXTS)) == len(TEXTS)


def slow_said(shares: np.ndarray, layer: np.ndarray) -> list[tuple[str, float]]:
    """The rules of the documentation, word by word."""
    found = []
    for place, word in enumerate(WORDS):
        share = sum(shares[:, place]) / len(shares)
        more = share - layer[place]
        if share >= MOST:
            if more >= DISTINCT:
                found.append((word.text, more + 0.1 * word.detail))
        elif share >= OFTEN and more >= OFTENER:
            found.append((f"often {word.text}", more + 0.1 * word.detail - 0.15))
    return sorted(found, key=lambda one: (-one[1], one[0]))


@given(seed=st.integers(0, 1000), neurons=st.integers(1, 5))
def test_what_is_said_follows_the_rules(seed: int, neurons: int) -> None:
    rng = np.random.default_rng(seed)
    shares = np.round(rng.random((neurons, len(WORDS))) * 9) / 9
    layer = rng.random(len(WORDS)) * shares.mean(axis=0)
    found, plain = said_of_patches(shares, layer)
    expected = slow_said(shares, layer)
    assert [one.text for one in found] == [text for text, _ in expected]
    np.testing.assert_allclose([one.strength for one in found], [strength for _, strength in expected])
    assert plain == "" or shares.mean(axis=0)[TEXTS.index(plain)] >= MOST
    assert all(isinstance(one, Said) for one in found)


def test_what_all_patches_of_a_layer_share_tells_nothing_apart() -> None:
    shares = np.zeros((3, len(WORDS)))
    shares[:, [TEXTS.index("edges"), TEXTS.index("grey tones")]] = 1.0
    found, plain = said_of_patches(shares, shares[0])
    assert found == []
    assert plain == "edges", "grey is not worth saying where all is grey"
