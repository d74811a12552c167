"""A residual network with instance norms: each image by itself, each channel by itself."""

from torch import nn

from faults.families.family import Family
from faults.families.residual import Residual, convolutions, norm_of

INSTANCED = Family(
    name="instanced", build=lambda plan: Residual(plan, lambda width: nn.InstanceNorm2d(width, affine=True)),
    convolutions=convolutions, norm_of=norm_of, normed=True, first=(1, 3),
)  # fmt: skip
