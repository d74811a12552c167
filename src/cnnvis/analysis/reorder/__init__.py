"""Orders of classes and neurons in which alike ones are neighbours."""

from cnnvis.analysis.reorder.classes import class_order, class_tree, leaf_order

__all__ = ["class_order", "class_tree", "leaf_order"]
