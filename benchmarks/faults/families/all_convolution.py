"""Convolutions with strides and nothing else; with and without batch norms."""

from torch import nn

from faults.families.family import Family, Plan, Pooled


def _build(plan: Plan, *, normed: bool) -> nn.Module:
    first, second, third = plan.widths(10, 16, 24)
    net = nn.Sequential()
    before = plan.channels
    stages = [(first, plan.stride), (second, 2), (second, 1), *[(second, 1)] * plan.depth, (third, 2), (third, 1)]
    for number, (after, stride) in enumerate(stages):
        block = nn.Sequential()
        block.add_module("conv", nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=not normed))
        if normed:
            block.add_module("norm", nn.BatchNorm2d(after))
        block.add_module("act", plan.act())
        net.add_module(f"stage{number}", block)
        before = after
    net.add_module("drop", plan.drop())
    net.add_module("scores", nn.Conv2d(before, plan.classes, 1))
    net.add_module("mean", Pooled())
    return net


def _convolutions(depth: int) -> tuple[str, ...]:
    return tuple(f"stage{n}.conv" for n in range(5 + depth))


ALL_CONVOLUTION = Family(
    name="all-convolution", build=lambda plan: _build(plan, normed=False), convolutions=_convolutions
)
ALL_CONVOLUTION_NORMED = Family(
    name="all-convolution-normed", build=lambda plan: _build(plan, normed=True), convolutions=_convolutions,
    norm_of=lambda path: path.replace("conv", "norm"), batch_normed=True, normed=True,
)  # fmt: skip
