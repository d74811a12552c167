"""Layers with weights: convolutions and linear layers, as dense maps in blocks."""

import numpy as np
import torch

from cnnvis.observe.weights.maps import EXACT, Judgement, Relation, averages, read_channels
from cnnvis.observe.weights.reading import Reading
from cnnvis.observe.weights.signal import Signal, along
from cnnvis.schema.connections import Blocks

CONVOLUTIONS = frozenset("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution".split())
ATTENTION = Judgement(status="approximated", why="attention counts as a mean over positions")
_MIXED = Judgement(status="approximated", why="differing values that lie side by side come in by their mean")


def convolved(reading: Reading) -> Signal:
    """Return a convolution: its kernel summed over space; a transposed one's divided by its strides' product.

    Raises:
        ValueError: The kernel depends on the image.

    """
    call = reading.call
    weight = call.given("weight")
    if weight is None or reading.signal_of(weight) is not None:
        message = "its weights depend on the image"
        raise ValueError(message)
    kernel = weight.detach()
    count, groups = kernel.dim() - 2, call.number("groups", 1)
    space = tuple(range(2, kernel.dim()))
    dense = kernel.sum(space)
    if reading.shared.kernel == "mean":
        dense = dense / int(np.prod(kernel.shape[2:]))
    dense = dense.reshape(groups, -1, dense.shape[1])
    if "transpose" in call.name or call.arguments.get("transposed"):
        dense = dense.movedim(1, 2) / int(np.prod(call.numbers("stride", count, 1)))
    axis = len(reading.shape) - count - 1
    return _dense(reading, dense, axis)


def linear(reading: Reading) -> Signal:
    """Return a linear layer along the last axis, or a product with a constant matrix.

    Raises:
        ValueError: The weights depend on the image, or are no matrix.

    """
    call = reading.call
    given = reading.node.op.args
    # addmm(bias, image, matrix); linear(image, weight); matmul(image, matrix).
    weight: object = call.given("weight") if call.name == "linear" else given[2 if call.name == "addmm" else 1]
    image = given[1] if call.name == "addmm" else given[0]
    matrix = weight if isinstance(weight, torch.Tensor) and weight.dim() == 2 else None
    if matrix is None or reading.signal_of(matrix) is not None or reading.signal_of(image) is None:
        message = "a product of two things that depend on the image"
        raise ValueError(message)
    dense = matrix.detach() if call.name == "linear" else matrix.detach().t()
    return _dense(reading, dense[None], len(reading.shape) - 1)


def multi_head(reading: Reading) -> Signal:
    """Return PyTorch's own multi-head attention: the way of the values, whose shares add up to 1.

    Raises:
        ValueError: Its weights are not there.

    """
    given = reading.node.op.args
    joint, out = given[5], given[11]
    value = reading.signal_of(given[2])
    if not isinstance(joint, torch.Tensor) or not isinstance(out, torch.Tensor) or value is None:
        message = "an attention with separate weights"
        raise ValueError(message)
    dense = out.detach() @ joint.detach()[-out.shape[1] :]
    relation = read_channels(value, len(value.shape) - 1)
    reading.maps.add_links(dense.shape[1], relation, judgement=ATTENTION)
    start = reading.maps.add(len(dense), [(reading.maps.maps[-1].id, Blocks(weights=_numpy(dense[None])))])
    return along(start, reading.shape, len(reading.shape) - 1)


def _dense(reading: Reading, weights: torch.Tensor, axis: int) -> Signal:
    """Add a dense map that reads the channels along an axis, and return its channels."""
    relation = read_channels(reading.signals[0], axis)
    if weights.shape[0] == 1:
        weights, relation = _folded(weights, relation)
    source = reading.maps.whole(relation)
    if source is None:
        judgement = _MIXED if averages(reading.signals[0], axis) else EXACT
        width = weights.shape[0] * weights.shape[2]
        reading.maps.add_links(width, relation, judgement=judgement)
        source = reading.maps.maps[-1].id
    blocks = Blocks(weights=_numpy(weights))
    start = reading.maps.add(weights.shape[0] * weights.shape[1], [(source, blocks)])
    return along(start, reading.shape, axis)


def _folded(weights: torch.Tensor, relation: Relation) -> tuple[torch.Tensor, Relation]:
    """Sum the weights of features that hold the same channel: those of a flattened map, one per position."""
    labels, inverse = np.unique(relation.labels, return_inverse=True)
    single = len(relation.rows) == weights.shape[2] and (relation.weights == 1).all()
    if not single or len(labels) == len(relation.labels):
        return weights, relation
    places = len(inverse) // len(labels)
    if np.array_equal(inverse, np.repeat(np.arange(len(labels)), places)):
        # The usual flattening, channel after channel: by far the quickest.
        summed = weights.reshape(1, weights.shape[1], len(labels), places).sum(-1)
    else:
        summed = torch.zeros(1, weights.shape[1], len(labels), dtype=weights.dtype, device=weights.device)
        summed.index_add_(2, torch.from_numpy(inverse.astype(np.int64)).to(weights.device), weights)
    return summed, Relation(rows=np.arange(len(labels)), labels=labels, weights=np.ones(len(labels)))


def _numpy(weights: torch.Tensor) -> np.ndarray:
    """Return weights for numpy, at least in single precision."""
    return weights.to("cpu", torch.float64 if weights.dtype == torch.float64 else torch.float32).numpy()
