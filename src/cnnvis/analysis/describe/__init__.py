"""Words for what a cluster's neurons look for."""

from cnnvis.analysis.describe.classes import ClassWords, describe_cluster
from cnnvis.analysis.describe.patches import describe_patches

__all__ = ["ClassWords", "describe_cluster", "describe_patches"]
