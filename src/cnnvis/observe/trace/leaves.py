"""PyTorch's own small modules: which function calls they make in evaluation, and which of them is their output."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from cnnvis.observe.trace.names import Place


@dataclass(frozen=True)
class Leaf:
    """The function calls inside one kind of module, by the names of `names.op_name`."""

    output: str
    """The call whose result the module returns."""
    before: frozenset[str] = frozenset()
    """Calls that may come before it."""

    @property
    def calls(self) -> frozenset[str]:
        """All of them."""
        return self.before | {self.output}


_PADDING = frozenset({"pad"})
_LEAVES: dict[type[nn.Module], Leaf] = {
    nn.Conv1d: Leaf("conv1d", _PADDING),
    nn.Conv2d: Leaf("conv2d", _PADDING),
    nn.Conv3d: Leaf("conv3d", _PADDING),
    nn.Linear: Leaf("linear"),
    nn.BatchNorm1d: Leaf("batch_norm"),
    nn.BatchNorm2d: Leaf("batch_norm"),
    nn.BatchNorm3d: Leaf("batch_norm"),
    nn.ReLU: Leaf("relu"),
    nn.ReLU6: Leaf("hardtanh"),
    nn.MaxPool2d: Leaf("max_pool2d"),
    nn.AvgPool2d: Leaf("avg_pool2d"),
}
"""Exact types only: a subclass may do anything. What is not listed is watched call by call, which is always right."""


def plain_leaves(modules: Mapping[nn.Module, str]) -> dict[nn.Module, Leaf]:
    """Return the modules whose calls are known because nobody changed their forward function."""
    return {
        module: leaf
        for module in modules
        if (leaf := _LEAVES.get(type(module))) is not None and "forward" not in vars(module) and not _hooked(module)
    }


def _hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def split_events(
    modules: Mapping[nn.Module, str], places: Mapping[str, Place]
) -> tuple[dict[nn.Module, str], set[nn.Module]]:
    """Return which modules' output is an event, and the modules that need not be watched call by call at all.

    A module can go unwatched when it calls nothing that has the name of a call waited for elsewhere: unwatched, its
    calls are taken for those of the module around it.

    Args:
        modules: The model's modules with their paths.
        places: Path, operation and count of each event waited for.

    """
    leaves = plain_leaves(modules)
    events: dict[str, list[str]] = {}
    for event, (path, _, _) in places.items():
        events.setdefault(path, []).append(event)
    direct = {
        module: names[0]
        for module, leaf in leaves.items()
        if len(names := events.get(modules[module], [])) == 1 and places[names[0]][1:] == (leaf.output, 1)
    }
    while True:
        others = {name for event, (_, name, _) in places.items() if event not in direct.values()}
        kept = {module: event for module, event in direct.items() if not leaves[module].calls & others}
        if len(kept) == len(direct):
            break
        direct = kept
    idle = {module for module in leaves if modules[module] not in events and not leaves[module].calls & others}
    return direct, idle | set(direct)
