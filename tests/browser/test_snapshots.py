"""The comparison of photographs notices what matters and forgives what does not: on drawn pictures and on real ones."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from tests.browser.gallery import read_reference
from tests.browser.snapshots import ALLOWED, BLOCK, VISIBLE, WORD, blurred, compare, shrink

SIZE = (640, 400)
MATRIX = (300, 120, 420, 220)
"""Left, top, right and lower edge of the drawn matrix: the size of a card's in the picture."""
TEAL, RED, PAPER, INK = (70, 150, 160), (200, 110, 80), (246, 248, 248), (30, 30, 40)


def drawn(*, matrix: tuple[int, int, int] | None = TEAL, words: int = 0, dark: bool = False) -> bytes:
    """Draw a page with words and one matrix; ``words`` moves and lengthens the letters."""
    image = Image.new("RGB", SIZE, INK if dark else PAPER)
    draw = ImageDraw.Draw(image)
    for line in range(12):
        for letter in range(24):
            x, y = 20 + letter * (8 - 0.04 * words), 30 + line * 26 + words % 3
            draw.rectangle((x, y, x + 2 + words % 2, y + 8), fill=PAPER if dark else INK)
    if matrix is not None:
        for row in range(10):
            for column in range(10):
                share = 0.3 + 0.7 * math.sin(row * 7 + column * 3) ** 2
                x, y = MATRIX[0] + 12 * column, MATRIX[1] + 10 * row
                colour = tuple(round(255 + (channel - 255) * share) for channel in matrix)
                draw.rectangle((x, y, x + 11, y + 9), fill=colour)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


BEFORE = shrink(drawn())


def means_by_hand(blocks: UInt8[np.ndarray, "rows columns 3"], row: int, column: int) -> list[float]:
    """The mean of a window, cell by cell."""
    edge = WORD // 2
    last_row, last_column = blocks.shape[0] - 1, blocks.shape[1] - 1
    cells = [
        blocks[min(max(row + down, 0), last_row), min(max(column + right, 0), last_column)]
        for down in range(-edge, edge + 1)
        for right in range(-edge, edge + 1)
    ]
    return [sum(float(cell[channel]) for cell in cells) / len(cells) for channel in range(3)]


def test_a_block_is_the_mean_of_its_pixels() -> None:
    pixels = np.asarray(Image.open(io.BytesIO(drawn()))).astype(float)
    assert BEFORE.shape == (SIZE[1] // BLOCK, SIZE[0] // BLOCK, 3)
    for row, column in ((4, 3), (20, 40), (49, 79)):
        block = pixels[row * BLOCK : (row + 1) * BLOCK, column * BLOCK : (column + 1) * BLOCK]
        np.testing.assert_allclose(BEFORE[row, column], block.mean(axis=(0, 1)), atol=1)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_blurring_is_the_mean_over_a_window(rows: int, columns: int, seed: int) -> None:
    blocks = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    result = blurred(blocks)
    for row in range(rows):
        for column in range(columns):
            np.testing.assert_allclose(result[row, column], means_by_hand(blocks, row, column))


@pytest.mark.parametrize("words", [1, 2, 3, 10])
def test_other_letters_pass(words: int) -> None:
    assert compare(shrink(drawn(words=words)), BEFORE).alike


@pytest.mark.parametrize(
    "changed",
    [drawn(matrix=None), drawn(matrix=RED), drawn(dark=True)],
    ids=["a missing matrix", "other colours", "the other theme"],
)
def test_what_a_person_would_see_fails(changed: bytes) -> None:
    comparison = compare(shrink(changed), BEFORE)
    assert not comparison.alike
    assert comparison.where.startswith("between (")


def test_the_place_that_changed_is_named() -> None:
    where = compare(shrink(drawn(matrix=None)), BEFORE).where
    left, top, right, bottom = MATRIX
    numbers = [int(part) for part in where.replace("(", "").replace(")", "").replace(",", "").split() if part.isdigit()]
    assert numbers == pytest.approx([left, top, right, bottom], abs=WORD * BLOCK)


def test_another_size_fails() -> None:
    comparison = compare(BEFORE[:-1], BEFORE)
    assert (comparison.share, comparison.alike) == (1.0, False)
    assert comparison.where == "it has 80 x 49 blocks, the reference 80 x 50"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_hole_the_size_of_half_a_card_in_a_real_state_fails(theme: str) -> None:
    reference = read_reference("picture-activations", theme)
    assert reference is not None
    contrast = np.abs(blurred(reference) - reference[0, -1].astype(float)).max(axis=2)
    row, column = np.unravel_index(contrast.argmax(), contrast.shape)
    holed = reference.copy()
    holed[max(row - 4, 0) : row + 4, max(column - 4, 0) : column + 4] = reference[0, -1]
    assert not compare(holed, reference).alike
    assert compare(reference, reference).share <= 0 < VISIBLE * ALLOWED
