"""How calls that PyTorch announces are named, and which of them are not operations at all."""

from collections.abc import Callable
from typing import Any

Place = tuple[str, str, int]
"""Module path, operation and count of a function call: what an event's name says."""

# Questions about a tensor, asked very often and never answered with a tensor.
_QUESTIONS = frozenset(
    (
        "shape size dim ndim ndimension numel nelement stride storage_offset dtype device layout requires_grad is_leaf "
        "is_contiguous is_floating_point is_complex is_cuda is_sparse is_quantized is_mps is_cpu is_meta is_nested "
        "grad_fn names item tolist data_ptr untyped_storage element_size get_device __len__ __bool__ __int__ "
        "__float__ __index__ __repr__ __format__ __hash__ __contains__ is_same_size is_grad_enabled register_hook "
        "is_inference has_names itemsize nbytes _version is_xpu is_xla is_mkldnn is_vulkan is_ipu is_maia is_mtia "
        "_is_view is_pinned is_shared is_signed __dir__ backward retain_grad"
    ).split()
)

_SAME = {
    "iadd": "add",
    "radd": "add",
    "isub": "sub",
    "rsub": "sub",
    "subtract": "sub",
    "imul": "mul",
    "rmul": "mul",
    "multiply": "mul",
    "truediv": "div",
    "itruediv": "div",
    "rtruediv": "div",
    "rdiv": "div",
    "idiv": "div",
    "floordiv": "floor_divide",
    "ifloordiv": "floor_divide",
    "ipow": "pow",
    "rpow": "pow",
    "iand": "logical_and",
    "and": "logical_and",
    "or": "logical_or",
    "invert": "logical_not",
    "true_divide": "div",
    "divide": "div",
    "rmatmul": "matmul",
    "concat": "cat",
    "concatenate": "cat",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "moveaxis": "movedim",
    "_max_pool2d": "max_pool2d",
    "max_pool1d_with_indices": "max_pool1d",
    "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d",
    "native_batch_norm": "batch_norm",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "constant_pad_nd": "pad",
    "upsample": "interpolate",
    "upsample_nearest": "interpolate",
    "upsample_bilinear": "interpolate",
    "arctan": "atan",
    "clip": "clamp",
    "negative": "neg",
}


def is_question(func: Callable[..., Any]) -> bool:
    """Whether a call only asks about a tensor (its shape, its device) and computes nothing."""
    return raw_name(func) in _QUESTIONS


def raw_name(func: Callable[..., Any]) -> str:
    """Return the name of a called function as PyTorch has it; for a property, the property's name."""
    name = getattr(func, "__name__", None) or type(func).__name__
    if name in ("__get__", "__set__", "__delete__"):
        owner = getattr(func, "__self__", None)
        return str(getattr(owner, "__name__", name))
    return str(name)


def op_name(func: Callable[..., Any]) -> str:
    """Return the plain name of an operation: ``__iadd__``, ``add_`` and ``__add__`` are all ``add``."""
    return plain_name(raw_name(func).split(".")[0])


def plain_name(name: str) -> str:
    """Return a function's name without its in-place and operator decoration."""
    bare = name.strip("_")
    return _SAME.get(bare, bare) or name
