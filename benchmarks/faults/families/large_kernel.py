"""Few convolutions with large kernels, the greatest value of each quarter, and a linear layer; without norms."""

from torch import nn

from faults.families.family import Family, Plan


def _build(plan: Plan) -> nn.Module:
    first, second = plan.widths(8, 16)
    net = nn.Sequential()
    before = plan.channels
    for number, after in enumerate([first, second, *[second] * plan.depth, second], start=1):
        size = 7 if number == 1 else 5
        net.add_module(f"conv{number}", nn.Conv2d(before, after, size, plan.stride if number == 1 else 1, size // 2))
        net.add_module(f"act{number}", plan.act())
        if number == 1:
            net.add_module("pool", nn.AvgPool2d(2))
        before = after
    net.add_module("quarters", nn.AdaptiveMaxPool2d(2))
    net.add_module("flatten", nn.Flatten())
    net.add_module("drop", plan.drop())
    net.add_module("head", nn.Linear(4 * second, plan.classes))
    return net


LARGE_KERNEL = Family(
    name="large-kernel", build=_build, convolutions=lambda depth: tuple(f"conv{n}" for n in range(1, 4 + depth)),
)  # fmt: skip
