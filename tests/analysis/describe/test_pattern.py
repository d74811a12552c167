"""Pattern words on gratings of known direction and frequency."""

import numpy as np
import pytest

from cnnvis.analysis.describe.pattern import pattern_word, ramp_words

SIZE = 24
DOWN, RIGHT = np.mgrid[:SIZE, :SIZE].astype(float)


def grating(angle: float, cycles: float) -> np.ndarray:
    """A sine whose crests run at an angle against the horizontal, counted against the clock as in mathematics."""
    turned = np.deg2rad(angle)
    across = RIGHT * np.sin(turned) + DOWN * np.cos(turned)
    return 0.5 + 0.2 * np.sin(2 * np.pi * cycles * across / SIZE)


@pytest.mark.parametrize(
    ("angle", "direction"),
    [
        (0, "horizontal"),
        (15, "horizontal"),
        (45, "rising diagonal"),
        (90, "vertical"),
        (75, "vertical"),
        (135, "falling diagonal"),
        (165, "horizontal"),
    ],
)
@pytest.mark.parametrize("cycles", [2.5, 4])
def test_gratings_have_their_direction(angle: float, direction: str, cycles: float) -> None:
    assert pattern_word(grating(angle, cycles)) == f"{direction} stripes"


def test_single_step_is_an_edge() -> None:
    assert pattern_word(0.5 + 0.3 * np.tanh((DOWN - 12) / 3)) == "horizontal edges"
    assert pattern_word(0.5 + 0.3 * np.tanh((RIGHT - 12) / 3)) == "vertical edges"


def test_noise_is_a_fine_texture_and_blobs_are_nothing() -> None:
    rng = np.random.default_rng(0)
    assert pattern_word(0.5 + 0.1 * rng.normal(size=(SIZE, SIZE))) == "fine texture"
    blob = np.exp(-((DOWN - 12) ** 2 + (RIGHT - 12) ** 2) / 60)
    assert not pattern_word(blob)


def test_little_contrast_or_few_pixels_are_flat() -> None:
    assert pattern_word(np.full((SIZE, SIZE), 0.5)) == "flat"
    assert pattern_word(grating(0, 3) * 0.05) == "flat"
    assert pattern_word(np.array([[0.0, 1.0]])) == "flat"


@pytest.mark.parametrize(
    ("light", "words"),
    [
        (1 - DOWN / SIZE, "bright above dark"),
        (DOWN / SIZE, "dark above bright"),
        (1 - RIGHT / SIZE, "bright left of dark"),
        (RIGHT / SIZE, "dark left of bright"),
        (grating(90, 4), ""),
        (np.full((4, 4), 0.5), ""),
    ],
)
def test_bright_side_is_named(light: np.ndarray, words: str) -> None:
    assert ramp_words(light) == words
