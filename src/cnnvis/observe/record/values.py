"""Numbers that a training hands over: taken as they are, or left out when they are none."""

import numbers

import numpy as np
import torch


def as_number(value: object) -> torch.Tensor | float | None:
    """Return a number, or a tensor of one number that may still be on its way from the device; None for all else."""
    if isinstance(value, torch.Tensor):
        return value.detach().reshape(()) if value.numel() == 1 else None
    if isinstance(value, np.ndarray):
        return float(value.reshape(())) if value.size == 1 and value.dtype.kind in "biuf" else None
    return float(value) if isinstance(value, numbers.Real) else None


def as_loss(value: object) -> torch.Tensor | float | None:
    """Return a loss; one per image counts as their mean."""
    if isinstance(value, torch.Tensor) and value.numel() > 1:
        return value.detach().float().mean()
    return as_number(value)


def described(value: object) -> str:
    """Return what a value is, for a sentence: ``a str``, ``a tensor of shape [3]``."""
    if isinstance(value, torch.Tensor | np.ndarray):
        return f"{'a tensor' if isinstance(value, torch.Tensor) else 'an array'} of shape {list(value.shape)}"
    return "None" if value is None else f"a {type(value).__name__}"
