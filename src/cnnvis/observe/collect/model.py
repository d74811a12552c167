"""Run the user's model as it would run in evaluation, and leave it as it was."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from cnnvis.schema.errors import ModelError


def device_of(model: nn.Module, wanted: str | None) -> torch.device:
    """Return where to run: the wanted device, the accelerator the model is on, CUDA where there is one, or the CPU."""
    if wanted is not None:
        try:
            return torch.empty(0, device=wanted).device
        except (RuntimeError, AssertionError) as error:
            raise ModelError(f"The device {wanted!r} cannot be used: {error}.", "Use --device cpu.") from error
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.device.type != "cpu":
            return tensor.device
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def evaluating(model: nn.Module, device: torch.device) -> Generator[None]:
    """Put the model into evaluation on a device, without gradients; at the end everything is as it was."""
    training = [(module, module.training) for module in model.modules()]
    homes = {tensor.device for tensor in (*model.parameters(), *model.buffers())}
    # no_grad, not inference_mode: a tensor that the model keeps for itself must still be fit for training afterwards.
    cuda = [device] if device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=cuda), torch.no_grad():
            model.eval()
            if homes - {device}:
                model.to(device)
            yield
    finally:
        for module, flag in training:
            module.training = flag
        if len(homes) == 1 and homes - {device}:
            model.to(homes.pop())


def input_dtype(model: nn.Module) -> torch.dtype:
    """Return the floating-point format that the model computes in."""
    for parameter in model.parameters():
        if parameter.is_floating_point():
            return parameter.dtype
    return torch.float32


def logits_of(result: object, output: str | int | None) -> torch.Tensor | None:
    """Return the tensor with one row of class scores per image; None when the model gives none.

    Raises:
        ModelError: When the chosen output is not there, or several are and none is chosen.

    """
    if isinstance(result, torch.Tensor):
        return result
    if isinstance(result, Mapping):
        named = {str(key): value for key, value in result.items() if isinstance(value, torch.Tensor)}
    elif isinstance(result, tuple | list):
        named = {str(key): value for key, value in enumerate(result) if isinstance(value, torch.Tensor)}
    else:
        named = {key: value for key, value in vars(result).items() if isinstance(value, torch.Tensor)}
    if output is not None:
        if str(output) not in named:
            raise ModelError(
                f"The model has no output {output!r}; it has {', '.join(map(repr, named)) or 'no tensor'}.",
                "Choose one of them with --output.",
            )
        return named[str(output)]
    rows = [value for value in named.values() if value.ndim == 2]
    if len(rows) > 1 and len({value.shape for value in rows}) > 1:
        raise ModelError(
            f"The model gives several outputs: {', '.join(map(repr, named))}.", "Choose the logits with --output."
        )
    return rows[0] if rows else None
