"""The numbers of an operation that later analyses need: kernels, strides, and which channels go where."""

from collections.abc import Callable

from cnnvis.observe.trace.call import Call
from cnnvis.observe.trace.reshape_rules import index_items, padding_pairs, permutation, selections
from cnnvis.observe.trace.rules import conv_padding

Value = int | float | bool | str | list[int]
Attributes = dict[str, Value]

# Axes are counted in `Layer.shape`, so the batch axis is -1 and left out where it takes no part.
BATCH = 1


def attributes(call: Call) -> Attributes:
    """Return an operation's attributes; empty where there is nothing to tell."""
    read = _READERS.get(call.name)
    return read(call) if read is not None else {}


def _conv(call: Call) -> Attributes:
    weight = call.given("weight")
    if weight is None:
        return {}
    kernel = tuple(weight.shape[2:])
    count = len(kernel)
    dilation = call.numbers("dilation", count, 1)
    mode = call.arguments.get("padding")
    found: Attributes = {
        "kernel": list(kernel),
        "stride": list(call.numbers("stride", count, 1)),
        "padding": list(conv_padding(call, kernel, dilation)),
        "dilation": list(dilation),
        "groups": call.number("groups", 1),
        "in_channels": call.first.shape[-count - 1],
        "out_channels": call.shape[-count - 1],
    }
    if isinstance(mode, str):
        found["padding_name"] = mode
    if "transpose" in call.name or call.arguments.get("transposed"):
        found |= {"transposed": True, "output_padding": list(call.numbers("output_padding", count))}
    return found


def _pool(call: Call) -> Attributes:
    count = int(call.name[-2])
    kernel = call.numbers("kernel_size", count, 1)
    given = call.arguments.get("stride")
    stride = kernel if given is None or given in ([], ()) else call.numbers("stride", count)
    return {
        "kernel": list(kernel),
        "stride": list(stride),
        "padding": list(call.numbers("padding", count)),
        "dilation": list(call.numbers("dilation", count, 1)),
        "ceil_mode": bool(call.arguments.get("ceil_mode", False)),
    }


def _adaptive(call: Call) -> Attributes:
    return {"output": list(call.shape[-int(call.name[-2]) :])}


def _reduction(call: Call) -> Attributes:
    dims = call.arguments.get("dim")
    count = len(call.first.shape)
    chosen = list(dims) if isinstance(dims, tuple | list) else [dims] if isinstance(dims, int) else list(range(count))
    return {"axes": sorted(int(axis) % count - BATCH for axis in chosen), "keepdim": len(call.shape) == count}


def _linear(call: Call) -> Attributes:
    return {"in_features": call.first.shape[-1], "out_features": call.shape[-1]}


def _concatenation(call: Call) -> Attributes:
    axis = call.number("dim", 0) % len(call.shape)
    given = call.arguments.get("tensors", ())
    # Constants among the parts have no edge, so each part says which edge it is, or -1.
    sources = iter(range(len(call.operands)))
    return {
        "axis": axis - BATCH,
        "sizes": [call.op.shapes[id(part)][axis] if call.name == "cat" else 1 for part in given],
        "operands": [next(sources) if id(part) in call.op.sources else -1 for part in given],
    }


def _selection(call: Call) -> Attributes:
    found = selections(call)
    result: Attributes = {
        "axes": [axis - BATCH for axis, *_ in found],
        "starts": [start for _, start, *_ in found],
        "steps": [step for *_, step, _ in found],
        "counts": [count for *_, count in found],
    }
    items = index_items(call) if call.name == "getitem" else None
    if items is not None:
        result["dropped"] = [s[0] - BATCH for kind, s in items if kind == "drop" and s is not None]
        result["listed"] = [s[0] - BATCH for kind, s in items if kind == "any" and s is not None]
    return result


def _padding(call: Call) -> Attributes:
    pairs = padding_pairs(call)
    return {
        "axes": [axis - BATCH for axis, *_ in pairs],
        "before": [before for _, before, _ in pairs],
        "after": [after for *_, after in pairs],
        "mode": str(call.arguments.get("mode", "constant")),
    }


def _permutation(call: Call) -> Attributes:
    order = permutation(call)
    return {} if order is None else {"order": [axis - BATCH for axis in order]}


def _interpolation(call: Call) -> Attributes:
    return {"mode": str(call.arguments.get("mode", "nearest")), "output": list(call.shape[2:])}


def _shuffle(call: Call) -> Attributes:
    for word in ("upscale_factor", "downscale_factor", "groups", "num_groups"):
        if word in call.arguments:
            return {word: call.number(word, 1)}
    return {}


def _scalars(call: Call) -> Attributes:
    """Plain numbers among the arguments: slopes, bounds, the constant that is added."""
    numbers = [value for value in call.op.args if isinstance(value, int | float) and not isinstance(value, bool)]
    words = ("negative_slope", "alpha", "min_val", "max_val", "min", "max", "beta", "threshold", "eps", "approximate")
    named: Attributes = {
        word: value for word in words if isinstance(value := call.arguments.get(word), int | float | str)
    }
    if call.name in ("add", "sub", "mul", "div", "pow") and numbers and len(call.operands) == 1:
        named["constant"] = float(numbers[0])
    return named


_READERS: dict[str, Callable[[Call], Attributes]] = {
    **{f"conv{kind}{n}d": _conv for kind in ("", "_transpose") for n in (1, 2, 3)},
    **{f"{kind}_pool{n}d": _pool for kind in ("max", "avg") for n in (1, 2, 3)},
    **{f"adaptive_{kind}_pool{n}d": _adaptive for kind in ("max", "avg") for n in (1, 2, 3)},
    **dict.fromkeys(("mean", "sum", "amax", "amin", "nanmean"), _reduction),
    **dict.fromkeys(("cat", "stack"), _concatenation),
    **dict.fromkeys(("getitem", "chunk", "split", "split_with_sizes", "tensor_split", "unbind", "narrow", "select"),
                    _selection),
    **dict.fromkeys(("permute", "transpose", "movedim", "t", "T", "mT"), _permutation),
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "group_norm"), _shuffle),
    **dict.fromkeys(("leaky_relu", "elu", "hardtanh", "clamp", "softplus", "gelu", "batch_norm", "layer_norm",
                     "add", "sub", "mul", "div", "pow"), _scalars),
    "convolution": _conv,
    "linear": _linear,
    "pad": _padding,
    "interpolate": _interpolation,
}  # fmt: skip
