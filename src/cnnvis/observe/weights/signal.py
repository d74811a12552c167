"""Where the values of a tensor come from, channel by channel: labels that are moved about as the values are."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float64

Shape = tuple[int, ...]
Labels = Float64[torch.Tensor, "..."]
Role = Literal["", "gate", "shares"]

NOTHING = 0.0
"""Label of what does not depend on the image: padding, constants."""


@dataclass(frozen=True, eq=False)
class Signal:
    """The origin of every value in a tensor, as the number of a channel of some channel map.

    Values with the same label are equal on constant images, in networks of linear layers. An axis along which nothing
    changes has size 1 in ``labels``, whatever it has in ``shape``.
    """

    labels: Labels
    shape: Shape
    """Shape of the tensor, batch axis included."""
    role: Role = ""
    """``gate``: between 0 and 1; ``shares``: adds up to 1 along the last axis."""

    def full(self) -> Labels:
        """Return the label of every single value."""
        return self.labels.expand(self.shape).contiguous()

    def aligned(self, count: int) -> Labels:
        """Return the labels with ``count`` axes: new ones come first, as in broadcasting."""
        return self.labels.reshape((1,) * (count - self.labels.dim()) + tuple(self.labels.shape))


def compressed(labels: Labels, role: Role = "") -> Signal:
    """Return the signal of these labels, one for every value."""
    shape = tuple(labels.shape)
    for axis, size in enumerate(shape):
        first = labels.narrow(axis, 0, 1) if size else labels
        if size > 1 and bool((labels == first).all()):
            labels = first
    return Signal(labels, shape, role)


def along(start: int, shape: Shape, axis: int, role: Role = "") -> Signal:
    """Return the signal of a tensor whose channels, numbered from ``start``, lie along one axis."""
    places = [1] * len(shape)
    places[axis] = shape[axis]
    labels = torch.arange(start, start + shape[axis], dtype=torch.float64).reshape(places)
    return Signal(labels, shape, role)


def nothing(shape: Shape) -> Signal:
    """Return the signal of a tensor that does not depend on the image, or not smoothly."""
    return Signal(torch.full((1,) * len(shape), NOTHING, dtype=torch.float64), shape)
