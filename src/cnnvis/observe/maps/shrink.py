"""Make maps small: fewer cells by the mean over their areas, and 256 steps instead of floating point."""

from math import ceil, floor

import torch
from jaxtyping import Float, UInt8

from cnnvis.schema.maps import LONGEST_SIDE

STEPS = 255


def stored_size(height: int, width: int) -> tuple[int, int]:
    """Return the size in which a map of this size is stored: shape kept, longer side capped."""
    longest = max(height, width)
    if longest <= LONGEST_SIDE:
        return height, width
    return max(1, round(height * LONGEST_SIDE / longest)), max(1, round(width * LONGEST_SIDE / longest))


def area_weights(size: int, cells: int) -> Float[torch.Tensor, "cells size"]:
    """Return the share of each of ``size`` positions in the mean over each of ``cells`` equal stretches of them."""
    weights = torch.zeros(cells, size, dtype=torch.float64)
    length = size / cells
    for cell in range(cells):
        start, stop = cell * length, (cell + 1) * length
        for position in range(floor(start), min(size, ceil(stop))):
            weights[cell, position] = max(0.0, min(stop, position + 1) - max(start, position)) / length
    return weights.float()


def shrink(
    maps: Float[torch.Tensor, "maps height width"], size: tuple[int, int]
) -> Float[torch.Tensor, "maps small_height small_width"]:
    """Return maps in another size, each cell the mean over its area."""
    if tuple(maps.shape[1:]) == size:
        return maps
    rows, columns = (area_weights(*sizes).to(maps.device) for sizes in zip(maps.shape[1:], size, strict=True))
    return rows @ maps @ columns.T


def in_steps(
    maps: Float[torch.Tensor, "maps height width"],
) -> tuple[UInt8[torch.Tensor, "maps height width"], Float[torch.Tensor, " maps"]]:
    """Return maps in even steps from 0 (and below) to their maximum, and these maxima; all 0 without a value above."""
    maximum = maps.flatten(1).amax(1).clamp_min(0)
    shares = maps.clamp_min(0) / maximum.clamp_min(torch.finfo(maps.dtype).tiny)[:, None, None]
    return (shares * STEPS).round().to(torch.uint8), maximum
