"""Normalisations: by stored statistics exactly, by those of the image itself with their mean on the example."""

import torch

from cnnvis.observe.weights.maps import Judgement
from cnnvis.observe.weights.pointwise import Term, weighted_sum
from cnnvis.observe.weights.reading import Reading
from cnnvis.observe.weights.signal import Signal

NORMS = frozenset("batch_norm instance_norm group_norm layer_norm rms_norm local_response_norm normalize".split())
_BY_IMAGE = Judgement(
    status="approximated",
    why="divides by the spread of the image itself: by its mean on the example images; taking off a mean is left out",
)


def normalised(reading: Reading) -> Signal:
    """Return a norm: every channel times its gain."""
    call = reading.call
    stored = stored_gain(reading) if call.name in ("batch_norm", "instance_norm") else None
    if stored is not None:
        return weighted_sum(reading, [Term(reading.signals[0], stored)], split=_channels(reading, 1))
    gain = _gain_on_example(reading)
    last = call.name in ("layer_norm", "rms_norm")
    return weighted_sum(
        reading,
        [Term(reading.signals[0], gain)],
        split=_channels(reading, len(reading.shape) - 1 if last else 1),
        judgement=_BY_IMAGE,
    )


def stored_gain(reading: Reading) -> torch.Tensor | None:
    """Return scale / sqrt(variance + eps) of a norm with stored statistics; None where it takes the image's own."""
    call = reading.call
    names = ("running_var", "weight")
    if reading.node.op.name.startswith("aten."):
        # The kernel takes scale and shift first, then the statistics.
        names = ("bias", "running_mean")
    variance, scale = (call.given(name) for name in names)
    if variance is None or call.arguments.get("training") is True or call.arguments.get("use_input_stats") is True:
        return None
    gain = torch.rsqrt(variance.detach().double() + _epsilon(reading))
    gain = gain if scale is None else gain * scale.detach().double()
    return gain.reshape(1, -1, *[1] * (len(reading.shape) - 2))


def _epsilon(reading: Reading) -> float:
    given = reading.call.arguments.get("eps")
    return 1e-5 if given is None else float(given)


def _channels(reading: Reading, axis: int) -> torch.Tensor:
    places = [1] * len(reading.shape)
    places[axis] = reading.shape[axis]
    return torch.arange(reading.shape[axis], dtype=torch.float64).reshape(places)


def _gain_on_example(reading: Reading) -> torch.Tensor:
    """Return what each value is divided by on the example, times the scale."""
    call, image = reading.call, reading.value(reading.node.op.args[0]).double()
    scale = call.given("weight")
    shape = [1, -1, *[1] * (image.dim() - 2)]
    if call.name in ("layer_norm", "rms_norm"):
        dims = list(range(image.dim() - len(tuple(call.arguments["normalized_shape"])), image.dim()))
        centred = image - image.mean(dims, keepdim=True) if call.name == "layer_norm" else image
        gain = torch.rsqrt(centred.square().mean(dims, keepdim=True) + _epsilon(reading))
        return gain if scale is None else gain * scale.detach().double()
    if call.name == "group_norm":
        parts = image.reshape(image.shape[0], call.number("num_groups", 1), -1)
        spread = torch.rsqrt(parts.var(-1, correction=0, keepdim=True) + _epsilon(reading))
        gain = spread.expand_as(parts).reshape(image.shape)
    elif call.name in ("batch_norm", "instance_norm"):
        dims = [*range(2, image.dim())] if call.name == "instance_norm" else [0, *range(2, image.dim())]
        gain = torch.rsqrt(image.var(dims, correction=0, keepdim=True) + _epsilon(reading))
    else:
        outcome = reading.outcome
        result = image if outcome is None else outcome.double()
        gain = torch.where(image == 0, 1.0, result / image)
    return gain if scale is None else gain * scale.detach().double().reshape(shape)
