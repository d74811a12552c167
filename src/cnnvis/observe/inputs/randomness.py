"""Reading the user's data without moving the random numbers of the user's program."""

import random
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def random_state_kept() -> Generator[None]:
    """Restore the random states of Python, NumPy and PyTorch (CPU) on leaving."""
    python, arrays, tensors = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002 - theirs
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)  # noqa: NPY002 - the user's code may use it
        torch.set_rng_state(tensors)
