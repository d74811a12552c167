"""Run the user's model as it would run in evaluation, and leave it as it was."""

from collections.abc import Generator
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
