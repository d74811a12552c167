"""Colour words on colours that everyone would call by them."""

import numpy as np
import pytest

from cnnvis.analysis.describe.colour import colour_word, oklab

COLOURS = {
    (255, 0, 0): "bright red",
    (0, 255, 0): "bright green",
    (30, 60, 255): "bright blue",
    (0, 0, 90): "dark blue",
    (255, 255, 0): "bright yellow",
    (0, 255, 255): "cyan",
    (255, 128, 0): "bright orange",
    (128, 0, 128): "purple",
    (255, 192, 203): "pale pink",
    (139, 69, 19): "brown",
    (60, 120, 60): "green",
    (0, 60, 0): "dark green",
    (135, 206, 235): "pale blue",
    (210, 180, 140): "beige",
    (0, 0, 0): "black",
    (60, 60, 60): "dark grey",
    (128, 128, 128): "grey",
    (200, 200, 200): "light grey",
    (255, 255, 255): "white",
}


@pytest.mark.parametrize(("rgb", "word"), list(COLOURS.items()), ids=str)
def test_colours_have_their_names(rgb: tuple[int, int, int], word: str) -> None:
    lab = oklab(np.full((1, 1, 3), rgb, dtype=np.uint8))[0, 0]
    assert colour_word(float(lab[0]), float(lab[1]), float(lab[2])) == word


def test_oklab_has_the_published_values() -> None:
    """Red, green and blue as printed with the definition of the space (Ottosson 2020)."""
    pixels = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)
    expected = [[1, 0, 0], [0.628, 0.225, 0.126], [0.866, -0.234, 0.179], [0.452, -0.032, -0.312]]
    np.testing.assert_allclose(oklab(pixels)[0], expected, atol=1e-3)


def test_one_channel_is_grey_and_a_fourth_is_left_out() -> None:
    grey = oklab(np.full((2, 2, 1), 100, dtype=np.uint8))
    np.testing.assert_allclose(grey, oklab(np.full((2, 2, 3), 100, dtype=np.uint8)))
    np.testing.assert_allclose(grey[..., 1:], 0, atol=1e-6)
    np.testing.assert_allclose(grey, oklab(np.full((2, 2, 4), 100, dtype=np.uint8)))
