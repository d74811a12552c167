"""One recorded operation in the words of its signature, whatever way its arguments were passed."""

from dataclasses import dataclass
from typing import Any

import torch

from cnnvis.observe.trace.record import Op
from cnnvis.observe.trace.state import State

Size = tuple[int, ...]

_CONV = "input weight bias stride padding dilation groups"
_TRANSPOSED = "input weight bias stride padding output_padding groups dilation"
_MAX_POOL = "input kernel_size stride padding dilation ceil_mode return_indices"
_AVG_POOL = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
_REDUCE = "input dim keepdim"
_SIGNATURES = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _CONV),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _TRANSPOSED),
    "aten.convolution": "input weight bias stride padding dilation transposed output_padding groups",
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), _MAX_POOL),
    **dict.fromkeys(("avg_pool2d", "avg_pool3d"), _AVG_POOL),
    "avg_pool1d": "input kernel_size stride padding ceil_mode count_include_pad",
    "lp_pool2d": "input norm_type kernel_size stride ceil_mode",
    **{f"adaptive_{kind}_pool{n}d": "input output_size" for kind in ("avg", "max") for n in (1, 2, 3)},
    **dict.fromkeys(("mean", "sum", "amax", "amin", "max", "min", "prod", "nanmean", "logsumexp", "any"), _REDUCE),
    **dict.fromkeys(("std", "var"), _REDUCE),
    "norm": "input p dim keepdim",
    "linear": "input weight bias",
    "flatten": "input start_dim end_dim",
    "unflatten": "input dim sizes",
    "permute": "input *dims",
    "view": "input *shape",
    "reshape": "input *shape",
    "transpose": "input dim0 dim1",
    "movedim": "input source destination",
    "squeeze": "input dim",
    "unsqueeze": "input dim",
    "getitem": "input index",
    "setitem": "input index value",
    "chunk": "input chunks dim",
    "split": "input split_size_or_sections dim",
    "split_with_sizes": "input split_size_or_sections dim",
    "tensor_split": "input indices_or_sections dim",
    "unbind": "input dim",
    "narrow": "input dim start length",
    "select": "input dim index",
    "pad": "input pad mode value",
    "interpolate": "input size scale_factor mode align_corners recompute_scale_factor antialias",
    "pixel_shuffle": "input upscale_factor",
    "pixel_unshuffle": "input downscale_factor",
    "channel_shuffle": "input groups",
    "batch_norm": "input running_mean running_var weight bias training momentum eps",
    "instance_norm": "input running_mean running_var weight bias use_input_stats momentum eps",
    "group_norm": "input num_groups weight bias eps",
    "layer_norm": "input normalized_shape weight bias eps",
    "rms_norm": "input normalized_shape weight eps",
    "normalize": "input p dim eps",
    **dict.fromkeys(("softmax", "log_softmax", "cumsum", "cumprod", "glu"), "input dim"),
    "cat": "tensors dim",
    "stack": "tensors dim",
    "leaky_relu": "input negative_slope inplace",
    "elu": "input alpha inplace",
    "hardtanh": "input min_val max_val inplace",
    "clamp": "input min max",
    "softplus": "input beta threshold",
    "gelu": "input approximate",
    "roll": "input shifts dims",
    "flip": "input *dims",
    "index_select": "input dim index",
    "repeat": "input *sizes",
}  # fmt: skip
_OTHER_WORDS = {
    "self": "input", "x": "input", "a": "input", "axis": "dim", "axes": "dim", "keepdims": "keepdim",
    "axis0": "dim0", "axis1": "dim1", "size": "shape",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Operand:
    """A tensor in an operation's arguments that depends on the input."""

    state: State
    shape: Size


@dataclass(frozen=True, eq=False)
class Call:
    """One output of a recorded operation, with its operands."""

    op: Op
    output: int
    operands: tuple[Operand, ...]
    arguments: dict[str, Any]

    @property
    def name(self) -> str:
        """Plain name of the operation."""
        return self.op.name.removeprefix("aten.")

    @property
    def shape(self) -> Size:
        """Shape of the output, batch axis included."""
        return tuple(self.op.outputs[self.output].shape)

    @property
    def first(self) -> Operand:
        """The first operand that depends on the input."""
        return self.operands[0]

    def number(self, name: str, default: int) -> int:
        """Return an argument as a whole number."""
        value = self.arguments.get(name)
        return default if value is None else int(value)

    def numbers(self, name: str, count: int, default: int = 0) -> Size:
        """Return an argument that is one number for all axes or one for each."""
        value = self.arguments.get(name)
        if value is None or isinstance(value, str) or (isinstance(value, tuple | list) and not value):
            return (default,) * count
        if isinstance(value, tuple | list):
            given = tuple(int(item) for item in value)
            return given * count if len(given) == 1 else given
        return (int(value),) * count

    def given(self, name: str) -> torch.Tensor | None:
        """Return an argument that is a tensor; None when it is not there."""
        value = self.arguments.get(name)
        return value if isinstance(value, torch.Tensor) else None


def bind(op: Op) -> dict[str, Any]:
    """Return an operation's arguments by name."""
    names = _SIGNATURES.get(op.name, _SIGNATURES.get(op.name.removeprefix("aten."), "input")).split()
    options = {(_OTHER_WORDS[key] if key in _OTHER_WORDS and _OTHER_WORDS[key] in names else key): value
               for key, value in op.kwargs.items()}  # fmt: skip
    if names[-1].startswith("*"):
        rest: tuple[Any, ...] = op.args[1:]
        name = names[-1][1:]
        if len(rest) == 1 and isinstance(rest[0], tuple | list):
            rest = tuple(rest[0])
        bound = {"input": op.args[0]} if op.args else {}
        return {**bound, name: rest or options.get(name, options.get("dim", rest)), **options}
    return {**dict(zip(names, op.args, strict=False)), **options}
