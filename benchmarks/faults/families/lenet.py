"""Two convolutions and three linear layers with tanh and mean pooling, as in LeNet; ReLUs on request."""

from torch import nn

from faults.families.family import Family, Plan


def _build(plan: Plan) -> nn.Module:
    first, second, hidden, last = plan.widths(8, 16, 48, 32)
    net = nn.Sequential()
    net.add_module("conv1", nn.Conv2d(plan.channels, first, 5, plan.stride, 2))
    net.add_module("act1", plan.act("tanh"))
    net.add_module("pool1", nn.AvgPool2d(2))
    net.add_module("conv2", nn.Conv2d(first, second, 3, padding=1))
    net.add_module("act2", plan.act("tanh"))
    before = second
    for number in range(3, 3 + plan.depth):
        net.add_module(f"conv{number}", nn.Conv2d(second, second, 3, padding=1))
        net.add_module(f"act{number}", plan.act("tanh"))
    net.add_module("pool2", nn.AdaptiveAvgPool2d(3))
    net.add_module("flatten", nn.Flatten())
    net.add_module("fc1", nn.Linear(9 * before, hidden))
    net.add_module("fc1_act", plan.act("tanh"))
    net.add_module("fc2", nn.Linear(hidden, last))
    net.add_module("fc2_act", plan.act("tanh"))
    net.add_module("drop", plan.drop())
    net.add_module("head", nn.Linear(last, plan.classes))
    return net


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("conv1", "conv2", *(f"conv{n}" for n in range(3, 3 + depth)), "fc1", "fc2")


LENET = Family(name="lenet", build=_build, convolutions=_convolutions, first=(1, 2))
