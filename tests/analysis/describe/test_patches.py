"""What patches share is said, what they do not share is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.describe import describe_patches

GREEN, BLUE, RED = (60, 160, 60), (40, 80, 230), (220, 30, 30)


def field(rgb: tuple[int, int, int], size: int = 8) -> np.ndarray:
    return np.full((size, size, 3), rgb, dtype=np.uint8)


def stripes(axis: int, size: int = 16) -> np.ndarray:
    wave = 128 + 80 * np.sin(np.arange(size) * 1.3)
    lines = np.broadcast_to(wave if axis else wave[:, None], (size, size))
    return lines[..., None].astype(np.uint8)


@pytest.mark.parametrize(
    ("patches", "words"),
    [
        ([field(GREEN)] * 5, "green"),
        ([field(GREEN), field((0, 60, 0)), field((0, 255, 0))], "green"),
        ([field(GREEN)] * 3 + [field(RED)] * 2, "green"),
        ([field(GREEN), field(RED)], "green or red"),
        ([field(GREEN), field(RED), field(BLUE), field((250, 250, 0)), field((0, 250, 250))], "bright colours"),
        ([field(GREEN), field((200, 90, 90)), field((100, 120, 200)), field((150, 150, 150))], "mixed"),
        ([field((128, 128, 128))] * 3, "grey"),
        ([stripes(1)] * 4, "vertical stripes"),
        ([stripes(0)] * 4, "horizontal stripes"),
        ([stripes(0), stripes(1)], "horizontal or vertical stripes"),
        ([], "mixed"),
        ([np.zeros((0, 4, 3), dtype=np.uint8)], "mixed"),
    ],
)
def test_words_for_patches(patches: list[np.ndarray], words: str) -> None:
    assert describe_patches(patches) == words


def test_colour_and_pattern_are_both_said() -> None:
    rng = np.random.default_rng(0)
    patches = [np.clip(field(GREEN, 16) + rng.normal(0, 40, (16, 16, 1)), 0, 255).astype(np.uint8) for _ in range(4)]
    assert describe_patches(patches) == "green, fine texture"


def test_edge_with_a_bright_side_says_which() -> None:
    light = 128 + 100 * np.tanh((8 - np.arange(16.0)) / 3)
    patch = np.broadcast_to(light[:, None, None], (16, 16, 1)).astype(np.uint8)
    assert describe_patches([patch] * 3) == "bright above dark, horizontal edges"


@given(seed=st.integers(0, 200), count=st.integers(1, 6), channels=st.sampled_from([1, 3]))
def test_any_patches_get_words_that_do_not_depend_on_their_order(seed: int, count: int, channels: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, (count, 2))
    patches = [rng.integers(0, 256, (*size, channels)).astype(np.uint8) for size in sizes]
    words = describe_patches(patches)
    assert words
    assert words == describe_patches(patches[::-1])
