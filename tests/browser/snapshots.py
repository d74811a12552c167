"""Comparing two photographs of a page so that another machine's letters pass and a missing part does not.

A photograph is shrunk to the mean colours of its blocks. Two of them are compared after a further blur as wide as a
word: letters of another font move by a few pixels and leave the mean of their surroundings as it was, while a matrix
that is gone or has other colours changes it.
"""

import io
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from PIL import Image

BLOCK = 8
"""Pixels of the page along one side of a block."""
WORD = 5
"""Blocks along one side of the window that is averaged before comparing: 40 pixels, about a word."""
VISIBLE = 14.0
"""Difference of a channel, of 255, from which on a place counts as changed."""
ALLOWED = 0.004
"""Share of the places that may have changed: about half a card of the picture."""


@dataclass(frozen=True)
class Comparison:
    """How far a photograph is from its reference."""

    share: float
    """Share of the places that changed, 1 if the sizes differ."""
    where: str
    """The changed part in words, empty when nothing changed."""

    @property
    def alike(self) -> bool:
        """Whether the two count as the same picture."""
        return self.share <= ALLOWED


def shrink(png: bytes) -> UInt8[np.ndarray, "rows columns 3"]:
    """Return the mean colours of a photograph's blocks; an incomplete block at the right or lower edge counts."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB").reduce(BLOCK))


def blurred(blocks: UInt8[np.ndarray, "rows columns 3"]) -> Float[np.ndarray, "rows columns 3"]:
    """Return the means over windows of WORD x WORD blocks, the edge blocks repeated outside."""
    edge = WORD // 2
    wide = np.pad(blocks.astype(np.float64), ((edge, edge), (edge, edge), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(wide, (WORD, WORD), axis=(0, 1))
    return windows.mean(axis=(-2, -1))


def compare(
    photograph: UInt8[np.ndarray, "rows columns 3"], reference: UInt8[np.ndarray, "rows2 columns2 3"]
) -> Comparison:
    """Compare two shrunk photographs."""
    if photograph.shape != reference.shape:
        (rows, columns), (old_rows, old_columns) = photograph.shape[:2], reference.shape[:2]
        return Comparison(1.0, f"it has {columns} x {rows} blocks, the reference {old_columns} x {old_rows}")
    changed = np.abs(blurred(photograph) - blurred(reference)).max(axis=2) > VISIBLE
    return Comparison(float(changed.mean()), _where(changed))


def _where(changed: Bool[np.ndarray, "rows columns"]) -> str:
    if not changed.any():
        return ""
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) * BLOCK for axis in (1, 0))
    return f"between ({columns[0]}, {rows[0]}) and ({columns[-1] + BLOCK}, {rows[-1] + BLOCK}) pixels"
