"""Random networks without non-linearities, and their connections by automatic differentiation."""

import random
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody writes it


class LinearNetwork(nn.Module):
    """A random network of linear layers, exact on constant images: circular padding inside, valid at the end.

    Args:
        seed: Chooses the layers and their weights.

    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.chance = random.Random(seed)
        self.layers = nn.ModuleList()
        self.steps: list[tuple[str, tuple[int, ...], nn.Module | None]] = []
        widths = [3]
        for _ in range(self.chance.randint(3, 8)):
            widths.append(self._step(widths))
        self.tail = self._tail(widths[-1])
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
                    module.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
                    module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
                    module.weight.uniform_(-2, 2)

    def _step(self, widths: list[int]) -> int:
        """Draw one layer on what is there, note it, and return its width."""
        chance, last = self.chance, len(widths) - 1
        source = chance.randint(max(0, last - 2), last)
        width = widths[source]
        kind = chance.choice(["conv", "conv", "norm", "add", "cat", "shuffle", "slice", "pad", "scale", "flip"])
        alike = [index for index in range(len(widths)) if widths[index] == width and index != source]
        if kind == "add" and alike:
            self.steps.append(("add", (source, chance.choice(alike)), None))
        elif kind == "cat":
            other = chance.randint(0, last)
            self.steps.append(("cat", (source, other), None))
            return width + widths[other]
        elif kind == "shuffle" and width % 2 == 0:
            self.steps.append(("shuffle", (source,), None))
        elif kind == "slice" and width > 2:
            self.steps.append(("slice", (source,), None))
            return len(range(1, width, 2))
        elif kind in ("pad", "scale", "flip"):
            self.steps.append((kind, (source,), None))
            return width + 2 if kind == "pad" else width
        elif kind == "norm":
            self.steps.append(("layer", (source,), nn.BatchNorm2d(width)))
        else:
            self.steps.append(("layer", (source,), self._convolution(width)))
        module = self.steps[-1][2]
        if module is not None:
            self.layers.append(module)
        return module.out_channels if isinstance(module, nn.Conv2d) else width

    def _convolution(self, width: int) -> nn.Conv2d:
        chance = self.chance
        groups = chance.choice([g for g in (1, 2, width) if width % g == 0])
        dilation, kernel = chance.randint(1, 2), chance.choice([1, 3])
        padding = dilation * (kernel // 2)
        out = groups * chance.randint(1, 3)
        return nn.Conv2d(
            width, out, kernel, padding=padding, dilation=dilation, groups=groups, padding_mode="circular", bias=True
        )

    def _tail(self, width: int) -> nn.Sequential:
        chance = self.chance
        pool = chance.choice([nn.AvgPool2d(2), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(3)])
        valid = nn.Conv2d(width, 4, 3, stride=chance.randint(1, 2))
        up = chance.choice([nn.Identity(), nn.ConvTranspose2d(4, 4, 2, stride=2, groups=2)])
        side = 3 if isinstance(up, nn.ConvTranspose2d) else 1
        return nn.Sequential(
            valid, pool, nn.AdaptiveAvgPool2d(side), up, nn.BatchNorm2d(4),
            nn.AdaptiveAvgPool2d((1, 1) if side == 3 else (2, 2)), nn.Flatten(), nn.Linear(4 if side == 3 else 16, 5),
            nn.BatchNorm1d(5), nn.Linear(5, 3),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = [x]
        for kind, sources, module in self.steps:
            given = [values[source] for source in sources]
            values.append(self.applied(kind, given, module))
        return self.tail(values[-1])

    @staticmethod
    def applied(kind: str, given: list[torch.Tensor], module: nn.Module | None) -> torch.Tensor:
        x = given[0]
        if module is not None:
            return module(x)
        if kind == "shuffle":
            count, width, height, breadth = x.shape
            return x.view(count, 2, width // 2, height, breadth).transpose(1, 2).reshape(x.shape)
        return {
            "add": lambda: x - 2 * given[1] if len(given) > 1 else x,
            "cat": lambda: torch.cat(given, 1),
            "slice": lambda: x[:, 1::2],
            "pad": lambda: F.pad(x, (0, 0, 0, 0, 1, 1)),
            "scale": lambda: x * torch.linspace(-1, 1, x.shape[1], dtype=x.dtype)[:, None, None] / 3,
            "flip": lambda: 1 - x.flip(1),
        }[kind]()


def jacobian(model: nn.Module, image: torch.Tensor, source: str, target: str, others: list[str]) -> np.ndarray | None:
    """Return the change of each target channel's mean when a source channel rises by 1 everywhere, others held.

    Ids are module paths; ``others`` are cut. None when the target does not depend on the source.
    """
    kept: dict[str, torch.Tensor] = {}

    def hook(path: str) -> Callable[..., torch.Tensor]:
        def after(_module: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
            kept[path] = output.detach().requires_grad_() if path == source else output
            return kept[path] if path in (source, target) else output.detach()

        return after

    handles = [model.get_submodule(path).register_forward_hook(hook(path)) for path in (source, target, *others)]
    try:
        model(image)
    finally:
        for handle in handles:
            handle.remove()
    means = kept[target].flatten(2).mean(2) if kept[target].dim() > 2 else kept[target]
    rows: list[torch.Tensor] = []
    for channel in range(means.shape[1]):
        if not means.requires_grad:
            return None
        gradients = torch.autograd.grad(
            means[0, channel], kept[source], retain_graph=True, allow_unused=True, materialize_grads=True
        )
        rows.append(gradients[0][0].flatten(1).sum(1) if gradients[0].dim() > 2 else gradients[0][0])
    return torch.stack(rows, 1).numpy()
