"""Orders of classes and neurons in which alike ones are neighbours."""

from cnnvis.analysis.reorder.classes import class_order, class_tree, leaf_order
from cnnvis.analysis.reorder.groups import ClassGroup, class_groups
from cnnvis.analysis.reorder.joined import joined_order
from cnnvis.analysis.reorder.path import path_length, path_order

__all__ = [
    "ClassGroup",
    "class_groups",
    "class_order",
    "class_tree",
    "joined_order",
    "leaf_order",
    "path_length",
    "path_order",
]
