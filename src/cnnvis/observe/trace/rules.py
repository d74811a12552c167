"""How each operation passes on channels, positions and receptive fields: one rule per kind of operation."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from cnnvis.observe.trace.call import Call, Operand
from cnnvis.observe.trace.layout import Atom, Axes, Axis, axis_of, only, places, reshape, size, unknown_axes
from cnnvis.observe.trace.span import Span, hull
from cnnvis.observe.trace.state import SIDES, State

Rule = Callable[[Call], State]


def window(state: State, shape: tuple[int, ...], spans: list[tuple[int, "Window"]]) -> State:
    """Slide windows along some axes; ``shape`` is that of the result."""
    axes = list(state.axes)
    for number, slide in spans:
        axis = axes[number]
        if only(axis, "channel", "same", "batch"):
            axes[number] = axis_of("same", shape[number]) if only(axis, "same") else axis_of("channel", shape[number])
            continue
        atom = axis[0]
        span = state.span(atom.label)
        if len(axis) != 1 or span is None or atom.label not in SIDES:
            axes[number] = axis if len(axis) == 1 and atom.label in SIDES else axis_of("unknown", shape[number])
            axes[number] = tuple(replace(atom, size=shape[number]) for atom in axes[number])
            state = state.whole()
            continue
        alone = len(state.atoms(atom.label)) == 1
        moved = slide(span, span.stride * atom.step)
        if alone:
            axes[number] = axis_of(atom.label, shape[number])
        elif (moved.stride / span.stride).denominator == 1:
            axes[number] = (Atom(atom.label, shape[number], atom.step * int(moved.stride / span.stride)),)
            moved = replace(moved, stride=span.stride)
        else:
            axes[number] = axis_of("unknown", shape[number])
            state = state.whole()
            continue
        state = state.with_span(atom.label, moved)
    return state.with_axes(tuple(axes))


Window = Callable[[Span, Fraction], Span]
"""From a span and the distance of neighbouring positions in pixels to the span after the operation."""


def sliding(*, kernel: int, stride: int, before: int, dilation: int = 1) -> Window:
    """Return the window of a convolution or pooling."""
    return lambda span, step: replace(
        span.window(kernel=kernel, step=step, before=before, dilation=dilation), stride=span.stride * stride
    )


def _mix_channels(state: State, channels: int, axis: int) -> State:
    axes = (*state.axes[:axis], axis_of("channel", channels), *state.axes[axis + 1 :])
    return state.absorb(state.axes[axis], axes)


def convolution(call: Call) -> State:
    """Convolution: windows along the last axes, all channels mixed."""
    weight = call.given("weight")
    state, count = call.first.state, len(call.shape) - 2
    if weight is None or weight.dim() != count + 2 or len(call.operands) > 1:
        return state.whole(unknown_axes(call.shape))
    kernel = tuple(weight.shape[2:])
    stride, dilation = call.numbers("stride", count, 1), call.numbers("dilation", count, 1)
    before = conv_padding(call, kernel, dilation)
    state = _mix_channels(state, call.shape[1], 1)
    slides = [
        (2 + i, sliding(kernel=kernel[i], stride=stride[i], before=before[i], dilation=dilation[i]))
        for i in range(count)
    ]
    return window(state, call.shape, slides)


def conv_padding(call: Call, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
    """Return the padding before each axis, for ``"same"`` as PyTorch splits it."""
    if call.arguments.get("padding") == "same":
        return tuple((size - 1) * step // 2 for size, step in zip(kernel, dilation, strict=True))
    return call.numbers("padding", len(kernel))


def transposed(call: Call) -> State:
    """Transposed convolution: which inputs an output sees depends on its place, so the box is a bound."""
    weight = call.given("weight")
    state, count = call.first.state, len(call.shape) - 2
    if weight is None or weight.dim() != count + 2 or len(call.operands) > 1:
        return state.whole(unknown_axes(call.shape))
    kernel = tuple(weight.shape[2:])
    stride, dilation = call.numbers("stride", count, 1), call.numbers("dilation", count, 1)
    padding = call.numbers("padding", count)

    def slide(i: int) -> Window:
        reach = (kernel[i] - 1) * dilation[i]
        return lambda span, step: Span(
            span.start + Fraction(padding[i] - reach, stride[i]) * step,
            span.size + Fraction(reach, stride[i]) * step,
            span.stride / stride[i],
            span.exact and stride[i] == 1,
        )

    state = _mix_channels(state, call.shape[1], 1)
    return window(state, call.shape, [(2 + i, slide(i)) for i in range(count)])


def kernel_convolution(call: Call) -> State:
    """Either convolution, as its kernel is called."""
    return transposed(call) if call.arguments.get("transposed") else convolution(call)


def pooling(call: Call) -> State:
    """Max and average pooling."""
    count = int(call.name[-2])
    first = len(call.shape) - count
    kernel = call.numbers("kernel_size", count, 1)
    given = call.arguments.get("stride")
    stride = kernel if given is None or given in ([], ()) else call.numbers("stride", count)
    padding, dilation = call.numbers("padding", count), call.numbers("dilation", count, 1)
    slides = [
        (first + i, sliding(kernel=kernel[i], stride=stride[i], before=padding[i], dilation=dilation[i]))
        for i in range(count)
    ]
    return window(call.first.state, call.shape, slides)


def adaptive(call: Call) -> State:
    """Adaptive pooling: an ordinary one where the sizes divide, else a bound."""
    count = int(call.name[-2])
    first = len(call.shape) - count
    slides = [(axis, resampling_mean(call.first.shape[axis], call.shape[axis])) for axis in range(first, first + count)]
    return window(call.first.state, call.shape, slides)


def resampling_mean(given: int, wanted: int) -> Window:
    """Return the window of adaptive pooling from ``given`` to ``wanted`` places."""
    if given % wanted == 0:
        return sliding(kernel=given // wanted, stride=given // wanted, before=0)
    ratio = Fraction(given, wanted)
    slack = 1 - Fraction(1, ratio.denominator)
    return lambda span, step: Span(
        span.start - slack * step, span.size + (ratio - 1 + 2 * slack) * step, span.stride * ratio, exact=False
    )


def merge(call: Call) -> State:
    """Elementwise operation on one or several tensors, with broadcasting."""
    return joined(call, list(call.operands))


def joined(call: Call, operands: list[Operand], free: int | None = None) -> State:
    """Return the hull of several tensors of like layout; sizes may differ along the axis ``free``."""
    count = len(call.shape)
    aligned = [_aligned(operand.state, count) for operand in operands]
    axes: list[Axis] = []
    for number in range(count):
        found = [state.axes[number] for state in aligned]
        fits = [axis for axis in found if size(axis) == call.shape[number]]
        axes.append(fits[0] if fits else axis_of("channel" if number == free else "same", call.shape[number]))
    seeing = [state for state in aligned if state.reached]
    result = State(tuple(axes), reached=bool(seeing))
    layouts = {places(state.axes) for state in seeing}
    if len(layouts) != 1 or any(state.y is None or state.x is None for state in seeing):
        # A gate (a product with something that has no positions) ends here too: every pixel counts (design, 3a).
        return result
    for side in SIDES:
        spans = [span for state in seeing if (span := state.span(side)) is not None]
        reach = 1 + sum((atom.size - 1) * atom.step for atom in seeing[0].atoms(side))
        result = result.with_span(side, hull(spans, reach))
    return result


def _aligned(state: State, count: int) -> State:
    return state.with_axes(((),) * (count - len(state.axes)) + state.axes)


def concatenation(call: Call) -> State:
    """Join tensors along an axis that holds no positions."""
    axis = call.number("dim", 0) % len(call.shape)
    if any(not only(operand.state.axes[axis], "channel") for operand in call.operands if len(operand.shape) > axis):
        mixed = joined(call, list(call.operands), axis)
        axes = tuple(axis_of("unknown", n) if i == axis else mixed.axes[i] for i, n in enumerate(call.shape))
        return mixed.whole(axes)
    result = joined(call, list(call.operands), axis)
    return result.with_axes(
        tuple(axis_of("channel", call.shape[i]) if i == axis else found for i, found in enumerate(result.axes))
    )


def stacking(call: Call) -> State:
    """Stack tensors along a new axis."""
    axis = call.number("dim", 0) % len(call.shape)
    operands = [
        Operand(o.state.with_axes((*o.state.axes[:axis], (), *o.state.axes[axis:])), o.shape) for o in call.operands
    ]
    return joined(call, operands, axis)


def reduction(call: Call) -> State:
    """Mean, sum or maximum over some axes or all."""
    state, count = call.first.state, len(call.first.shape)
    dims = call.arguments.get("dim")
    if dims is None or isinstance(dims, bool):
        chosen = set(range(count))
    elif isinstance(dims, tuple | list):
        chosen = {int(axis) % count for axis in dims} or set(range(count))
    elif isinstance(dims, int):
        chosen = {dims % count}
    else:
        return merge(call)
    kept = len(call.shape) == count
    left: list[Axis] = []
    for number, axis in enumerate(state.axes):
        if number not in chosen:
            left.append(axis)
        elif kept:
            left.append(())
    gone = tuple(atom for number in sorted(chosen) for atom in state.axes[number])
    return state.absorb(gone, tuple(left))


def linear(call: Call) -> State:
    """Linear layer: mixes everything along the last axis."""
    if len(call.operands) > 1:
        return call.first.state.whole(unknown_axes(call.shape))
    return _mix_channels(call.first.state, call.shape[-1], len(call.shape) - 1)


def along(call: Call) -> State:
    """Operation that mixes one axis and keeps the shape: softmax, cumulative sums, normalisation."""
    state = call.first.state
    axis = call.number("dim", 1 if call.name == "normalize" else -1) % len(call.shape)
    return merge(call) if only(state.axes[axis], "channel", "batch") else state.whole()


def normalisation(call: Call) -> State:
    """Norms: elementwise with stored statistics, over the whole input with statistics over positions."""
    state = call.first.state
    if call.name in ("layer_norm", "rms_norm"):
        shape = call.arguments.get("normalized_shape", ())
        last = state.axes[len(state.axes) - len(tuple(shape)) :]
        return state if all(only(axis, "channel", "same") for axis in last) else state.whole()
    if call.name == "group_norm" or call.arguments.get("training") or call.arguments.get("use_input_stats"):
        return state.whole() if places(state.axes) else state
    return state


def same(call: Call) -> State:
    """Keep everything."""
    return call.first.state


def whole(call: Call) -> State:
    """Mix everything: attention, matrix products, recurrent layers."""
    state = call.first.state
    known = next((o.state.axes for o in call.operands if o.shape == call.shape), None)
    reached = any(operand.state.reached for operand in call.operands)
    return State(unknown_axes(call.shape) if known is None else known, reached=reached or state.reached)


def axes_whole(call: Call, axes: Axes | None) -> State:
    """Return the first operand's state with new axes; whole input when they are not known."""
    state = call.first.state
    return state.whole(unknown_axes(call.shape)) if axes is None else state.with_axes(axes).settled()


def viewed(call: Call) -> State:
    """View, flatten, squeeze: the same values in another shape."""
    return axes_whole(call, reshape(call.first.state.axes, call.shape))
