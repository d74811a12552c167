"""How much is trained: a full training for the slow test and the documentation, a small one for every test run."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """Size of a training."""

    each: int
    """Images per class to train on."""
    watched: int
    """Other images per class to watch the network on."""
    epochs: int
    widths: tuple[int, int, int] = (16, 32, 64)
    hidden: int = 64


FULL = Size(each=50, watched=30, epochs=8)
TRAININGS = 6
"""Of the slow test and the documentation, each from other random weights."""
SMALL = Size(each=20, watched=6, epochs=12, widths=(8, 16, 48), hidden=48)
