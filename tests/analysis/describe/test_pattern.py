"""Patterns on gratings of known direction and frequency, and on edges and spots of known place."""

import numpy as np
import pytest

from cnnvis.analysis.describe.pattern import DIRECTIONS, PATTERNS, SIDES, patterns

SIZE = 24
DOWN, RIGHT = np.mgrid[:SIZE, :SIZE].astype(np.float32)


def pattern(light: np.ndarray) -> str:
    return PATTERNS[int(patterns(light[None].astype(np.float32))[0])]


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
    assert direction in DIRECTIONS
    assert pattern(grating(angle, cycles)) == f"{direction} stripes"


def test_a_single_line_is_no_stripes() -> None:
    assert pattern(np.exp(-(((RIGHT - 11.5) / 5) ** 2))) == "vertical lines"
    assert pattern(-np.exp(-(((DOWN - 11.5) / 5) ** 2))) == "horizontal lines"


@pytest.mark.parametrize(
    ("right", "up", "words"),
    [
        (1, 0, "dark left of bright"),
        (1, 1, "bright at top right"),
        (0, 1, "bright above dark"),
        (-1, 1, "bright at top left"),
        (-1, 0, "bright left of dark"),
        (-1, -1, "bright at lower left"),
        (0, -1, "dark above bright"),
        (1, -1, "bright at lower right"),
    ],
)
def test_an_edge_says_where_it_is_bright(right: int, up: int, words: str) -> None:
    along = right * (RIGHT - 11.5) - up * (DOWN - 11.5)
    assert words in SIDES
    assert pattern(0.5 + 0.3 * np.tanh(along / 3)) == words
    assert pattern(0.5 + 0.01 * along) == words, "a slow ramp as well"


def test_spots_lie_in_the_middle() -> None:
    spot = np.exp(-((DOWN - 11.5) ** 2 + (RIGHT - 11.5) ** 2) / 50)
    assert pattern(spot) == "bright spot"
    assert pattern(1 - spot) == "dark spot"


def test_noise_is_a_fine_texture_and_coarse_blobs_are_nothing() -> None:
    rng = np.random.default_rng(0)
    assert pattern(0.5 + 0.1 * rng.normal(size=(SIZE, SIZE))) == "fine texture"
    blobs = sum(np.exp(-((DOWN - y) ** 2 + (RIGHT - x) ** 2) / 30) for y, x in ((4, 5), (18, 7), (9, 19)))
    assert pattern(np.asarray(blobs)) == "other"


def test_little_contrast_is_flat() -> None:
    assert pattern(np.full((SIZE, SIZE), 0.5)) == "flat"
    assert pattern(grating(0, 3) * 0.05) == "flat"


def test_patches_are_looked_at_one_by_one() -> None:
    some = np.stack([grating(0, 3), grating(90, 3), np.full((SIZE, SIZE), 0.5)]).astype(np.float32)
    assert [PATTERNS[place] for place in patterns(some)] == [pattern(one) for one in some]
