"""A residual network with group norms, which do not look across images."""

from torch import nn

from faults.families.family import Family
from faults.families.residual import Residual, convolutions, norm_of

GROUPED = Family(
    name="grouped", build=lambda plan: Residual(plan, lambda width: nn.GroupNorm(4, width)),
    convolutions=convolutions, norm_of=norm_of, normed=True, first=(1, 3),
)  # fmt: skip
