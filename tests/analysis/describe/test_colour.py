"""Colours by names that everyone would call them by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.describe.colour import COLOURS, colour_names, colour_shares, oklab

NAMES = {
    (255, 0, 0): "red",
    (0, 255, 0): "green",
    (30, 60, 255): "blue",
    (0, 0, 160): "blue",
    (255, 255, 0): "yellow",
    (0, 255, 255): "cyan",
    (255, 128, 0): "orange",
    (128, 0, 128): "purple",
    (255, 130, 190): "pink",
    (139, 69, 19): "brown",
    (60, 120, 60): "green",
    (135, 206, 235): "blue",
    (0, 0, 0): "black",
    (40, 40, 40): "black",
    (128, 128, 128): "grey",
    (200, 200, 200): "grey",
    (255, 255, 255): "white",
}


@pytest.mark.parametrize(("rgb", "name"), list(NAMES.items()), ids=str)
def test_colours_have_their_names(rgb: tuple[int, int, int], name: str) -> None:
    assert COLOURS[int(colour_names(oklab(np.array([rgb], dtype=np.uint8)))[0])] == name


def test_oklab_has_the_published_values() -> None:
    """Red, green and blue as printed with the definition of the space (Ottosson 2020)."""
    pixels = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)
    expected = [[1, 0, 0], [0.628, 0.225, 0.126], [0.866, -0.234, 0.179], [0.452, -0.032, -0.312]]
    np.testing.assert_allclose(oklab(pixels)[0], expected, atol=1e-3)


@given(seed=st.integers(0, 100), pictures=st.integers(1, 4), cells=st.integers(1, 9))
def test_shares_count_the_names(seed: int, pictures: int, cells: int) -> None:
    lab = oklab(np.random.default_rng(seed).integers(0, 256, (pictures, cells, 3)).astype(np.uint8))
    shares = colour_shares(lab)
    for picture in range(pictures):
        names = [COLOURS[int(colour_names(lab[picture, cell])[()])] for cell in range(cells)]
        expected = [names.count(name) / cells for name in COLOURS]
        np.testing.assert_allclose(shares[picture], expected)
