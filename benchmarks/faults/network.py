"""A network of the suite, with what is wrong with its layers."""

import torch
from torch import nn

from faults.families import FAMILIES, Plan
from faults.families.family import initialise
from faults.setup import Setup


class _Log(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.log(x - x.mean())


class _Detach(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.detach()


class _Ended(nn.Module):
    """A network whose outputs go through something that they should not."""

    def __init__(self, net: nn.Module, *, softmax: bool) -> None:
        super().__init__()
        self.net = net
        self.end = nn.Softmax(1) if softmax else nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.end(self.net(x))


def network(setup: Setup, *, channels: int, size: int) -> nn.Module:
    """Return the network with fresh weights."""
    plan = Plan(
        channels=channels, size=size, classes=setup.classes, width=setup.width, depth=setup.depth,
        activation=setup.activation, dropout=setup.dropout,
    )  # fmt: skip
    net = FAMILIES[setup.network].build(plan)
    if setup.fresh == "he":
        initialise(net, relu=setup.activation not in {"sigmoid", "tanh"} and setup.network != "lenet")
    with torch.no_grad():
        for path, module in net.named_modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                if not setup.where or path in setup.where:
                    module.weight *= setup.gain
                if setup.same > 1 and path not in {"head", "scores"}:
                    _repeat(module, setup.same)
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = setup.norm_momentum
                module.running_var.fill_(setup.norm_foreign**-2)
    _insert(net, setup)
    return net if not (setup.softmax or setup.rectified_logits) else _Ended(net, softmax=setup.softmax)


def disturb(setup: Setup, net: nn.Module, step: int) -> None:
    """Do what is to be done to the layers before a step."""
    if setup.bias and step == setup.when:
        norm_of = FAMILIES[setup.network].norm_of
        modules = dict(net.named_modules())
        with torch.no_grad():
            for path in setup.where:
                owner = modules.get(norm_of(path) or path, modules[path])
                owner.bias += setup.bias  # pyright: ignore[reportAttributeAccessIssue]


def norms_to_eval(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def _insert(net: nn.Module, setup: Setup) -> None:
    for path, kind in ((setup.log_at, _Log), (setup.detached, _Detach)):
        if path:
            parent, _, name = path.rpartition(".")
            owner = net.get_submodule(parent)
            setattr(owner, name, nn.Sequential(owner.get_submodule(name), kind()))


def _repeat(module: nn.Conv2d | nn.Linear, same: int) -> None:
    """Make sets of neurons equal in what comes in; what goes out is equal too, so that they stay equal in training."""
    weight = module.weight
    outputs = len(weight) // same * same
    weight[:outputs] = weight[:outputs:same].repeat_interleave(same, 0).clone()
    inputs = weight.shape[1] // same * same
    if isinstance(module, nn.Conv2d) and weight.shape[1] > 3:
        weight[:, :inputs] = weight[:, :inputs:same].repeat_interleave(same, 1).clone()
