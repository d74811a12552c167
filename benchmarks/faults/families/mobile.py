"""Depthwise convolutions, each followed by one over channels, with batch norms and ReLU6, as in MobileNet."""

from torch import nn

from faults.families.family import Family, Plan, Pooled


def _build(plan: Plan) -> nn.Module:
    stem, *widths = plan.widths(12, 16, 24, *[24] * plan.depth, 32)
    net = nn.Sequential()
    net.add_module("stem", _step(plan, nn.Conv2d(plan.channels, stem, 3, plan.stride, 1, bias=False)))
    before = stem
    for number, after in enumerate(widths):
        stride = 2 if number == 1 else 1
        deep = nn.Conv2d(before, before, 3, stride, 1, groups=before, bias=False)
        net.add_module(f"deep{number}", _step(plan, deep))
        net.add_module(f"point{number}", _step(plan, nn.Conv2d(before, after, 1, bias=False)))
        before = after
    net.add_module("mean", Pooled())
    net.add_module("drop", plan.drop())
    net.add_module("head", nn.Linear(before, plan.classes))
    return net


def _step(plan: Plan, conv: nn.Conv2d) -> nn.Sequential:
    block = nn.Sequential()
    block.add_module("conv", conv)
    block.add_module("norm", nn.BatchNorm2d(conv.out_channels))
    block.add_module("act", plan.act("relu6"))
    return block


def _convolutions(depth: int) -> tuple[str, ...]:
    return ("stem.conv", *(f"{kind}{n}.conv" for n in range(3 + depth) for kind in ("deep", "point")))


MOBILE = Family(
    name="mobile", build=_build, convolutions=_convolutions, norm_of=lambda path: path.replace("conv", "norm"),
    batch_normed=True, normed=True, first=(2, 3),
)  # fmt: skip
