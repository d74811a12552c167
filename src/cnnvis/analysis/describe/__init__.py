"""Words for what a cluster's neurons look for."""

from cnnvis.analysis.describe.classes import ClassWords, describe_cluster
from cnnvis.analysis.describe.patches import PatchLook, describe_looks, describe_patches, patch_look

__all__ = ["ClassWords", "PatchLook", "describe_cluster", "describe_looks", "describe_patches", "patch_look"]
