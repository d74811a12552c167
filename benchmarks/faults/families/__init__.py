"""Small networks of different build; each part of the suite has its own, and none of another part's."""

from faults.families.all_convolution import ALL_CONVOLUTION, ALL_CONVOLUTION_NORMED
from faults.families.attentive import ATTENTIVE
from faults.families.bottleneck import BOTTLENECK
from faults.families.dense import DENSE
from faults.families.family import Family, Plan
from faults.families.grouped import GROUPED
from faults.families.inception import INCEPTION
from faults.families.instanced import INSTANCED
from faults.families.large_kernel import LARGE_KERNEL
from faults.families.lenet import LENET
from faults.families.mobile import MOBILE
from faults.families.modern import MODERN
from faults.families.plain import PLAIN, PLAIN_NORMED
from faults.families.preactivated import PREACTIVATED
from faults.families.pyramid import PYRAMID
from faults.families.residual import RESIDUAL, RESIDUAL_NORMED
from faults.families.shuffle import SHUFFLE
from faults.families.squeeze import SQUEEZE

DEVELOPMENT = (PLAIN, PLAIN_NORMED, RESIDUAL, RESIDUAL_NORMED, ALL_CONVOLUTION, ALL_CONVOLUTION_NORMED)
HOLD_OUT = (MOBILE, SQUEEZE, DENSE, GROUPED)
RESERVE = (INCEPTION, LENET, SHUFFLE, MODERN, PREACTIVATED, ATTENTIVE)
SPARE = (PYRAMID, BOTTLENECK, LARGE_KERNEL, INSTANCED)

FAMILIES: dict[str, Family] = {family.name: family for family in (*DEVELOPMENT, *HOLD_OUT, *RESERVE, *SPARE)}

__all__ = ["DEVELOPMENT", "FAMILIES", "HOLD_OUT", "RESERVE", "SPARE", "Family", "Plan"]
