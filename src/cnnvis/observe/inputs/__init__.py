"""The user's model, weights and data, found by name or handed over."""

from cnnvis.observe.inputs.classes import ClassList, read_class_map, read_classes
from cnnvis.observe.inputs.data import DataOptions, from_dataset, open_data
from cnnvis.observe.inputs.fitted import fit_source
from cnnvis.observe.inputs.likeness import decode_image, prepare
from cnnvis.observe.inputs.model import LoadedModel, count_parameters, default_device, load_model
from cnnvis.observe.inputs.preprocess import PRESETS, Preprocess, from_function, preset
from cnnvis.observe.inputs.source import Batch, ImageSource, Picture

__all__ = [
    "PRESETS",
    "Batch",
    "ClassList",
    "DataOptions",
    "ImageSource",
    "LoadedModel",
    "Picture",
    "Preprocess",
    "count_parameters",
    "decode_image",
    "default_device",
    "fit_source",
    "from_dataset",
    "from_function",
    "load_model",
    "open_data",
    "prepare",
    "preset",
    "read_class_map",
    "read_classes",
]
