"""Batch norms: which statistics they used, and how far the batch is from the running ones."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from cnnvis.observe.record.gather import Gathered
from cnnvis.observe.record.shield import Shield

_IMAGES = 16


class NormWatch:
    """Looks at what goes into each batch norm while a measured batch runs."""

    def __init__(self, norms: Mapping[str, nn.Module], gathered: Gathered, shield: Shield) -> None:
        self.norms = norms
        self._gathered = gathered
        self._shield = shield
        self._handles: list[RemovableHandle] = []

    def attach(self) -> None:
        """Begin to look."""
        for place, module in enumerate(self.norms.values()):
            self._handles.append(module.register_forward_pre_hook(self._on(place)))

    def detach(self) -> None:
        """Leave the modules as they were."""
        while self._handles:
            self._handles.pop().remove()

    def training(self) -> int:
        """Return how many of them use the batch's statistics now."""
        return sum(module.training for module in self.norms.values())

    def _on(self, place: int) -> Callable[[nn.Module, Any], None]:
        def before(module: nn.Module, args: tuple[Any, ...]) -> None:
            with self._shield.guarded("measuring"):
                norm = cast("nn.BatchNorm2d", module)
                values = args[0].detach()[:_IMAGES].float()
                own = norm.running_mean is not None and norm.running_var is not None
                flags = values.new_tensor([float(norm.training or not own), norm.momentum or 0.0])
                self._gathered.add("norm_mode", place, flags)
                if norm.running_mean is None or norm.running_var is None:
                    return
                found = self._gathered.scratch.moments_by_channel(values)
                expected = norm.running_var.float() + norm.eps
                shift = (found.mean - norm.running_mean.float()).abs() / expected.sqrt()
                ratio = (found.deviation**2 + norm.eps) / expected
                # Kullback and Leibler's, between two normal distributions per channel.
                divergence = 0.5 * (ratio - 1 - ratio.log() + shift**2)
                fresh = torch.all((norm.running_mean == 0) & (norm.running_var == 1)).float()
                numbers = [shift.mean(), ratio.median(), divergence.mean(), fresh]
                self._gathered.add("norm_shift", place, torch.stack(numbers))

        return before
