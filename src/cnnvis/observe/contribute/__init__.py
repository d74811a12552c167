"""Contribute: a second, capped pass over the probe set, forward and backward (design: contribution)."""

from cnnvis.observe.contribute.contribute import Contributed, contribute
from cnnvis.observe.contribute.plan import ContributionLimits

__all__ = ["Contributed", "ContributionLimits", "contribute"]
