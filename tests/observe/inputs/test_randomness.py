"""Looking at data must not move anybody's random numbers."""

import random

import numpy as np
import pytest
import torch

from cnnvis.observe.inputs.randomness import random_state_kept


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(()))  # noqa: NPY002


def test_random_states_are_restored_even_after_an_error() -> None:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    torch.manual_seed(1)
    expected = draw()
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    torch.manual_seed(1)
    with pytest.raises(KeyError), random_state_kept():
        draw()
        raise KeyError
    assert draw() == expected
