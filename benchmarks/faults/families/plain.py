"""Convolutions in a row, then two linear layers; with and without batch norms."""

from torch import nn

from faults.families.family import Family, Plan


def _build(plan: Plan, *, normed: bool) -> nn.Module:
    first, second, hidden = plan.widths(10, 16, 32)
    net = nn.Sequential()
    before = plan.channels
    for number, after in enumerate([first, first, second, *[second] * plan.depth, second], start=1):
        stride = plan.stride if number == 1 else 1
        net.add_module(f"conv{number}", nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=not normed))
        if normed:
            net.add_module(f"norm{number}", nn.BatchNorm2d(after))
        net.add_module(f"act{number}", plan.act())
        if number == 2:
            net.add_module("pool", nn.MaxPool2d(2))
        before = after
    net.add_module("pool2", nn.AdaptiveAvgPool2d(3))
    net.add_module("flatten", nn.Flatten())
    net.add_module("hidden", nn.Linear(9 * second, hidden))
    net.add_module("hidden_act", plan.act())
    net.add_module("drop", plan.drop())
    net.add_module("head", nn.Linear(hidden, plan.classes))
    return net


def _convolutions(depth: int) -> tuple[str, ...]:
    return tuple(f"conv{n}" for n in range(1, 5 + depth))


PLAIN = Family(name="plain", build=lambda plan: _build(plan, normed=False), convolutions=_convolutions)
PLAIN_NORMED = Family(
    name="plain-normed", build=lambda plan: _build(plan, normed=True), convolutions=_convolutions,
    norm_of=lambda path: path.replace("conv", "norm"), batch_normed=True, normed=True,
)  # fmt: skip
