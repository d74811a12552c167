"""Words for what a cluster's neurons look for."""

from cnnvis.analysis.describe.classes import SELECTIVE
from cnnvis.analysis.describe.images import IMAGE, image_qualities, said_of_images
from cnnvis.analysis.describe.looks import PATCH, WORDS, patch_words, said_of_patches
from cnnvis.analysis.describe.titles import Evidence, Title, title_clusters

__all__ = [
    "IMAGE",
    "PATCH",
    "SELECTIVE",
    "WORDS",
    "Evidence",
    "Title",
    "image_qualities",
    "patch_words",
    "said_of_images",
    "said_of_patches",
    "title_clusters",
]
