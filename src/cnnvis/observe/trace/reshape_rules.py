"""Rules of operations that move, select, repeat or resample positions."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch

from cnnvis.observe.trace.call import Call
from cnnvis.observe.trace.layout import Atom, Axes, Axis, axis_of, only, reshape, tidy, unknown_axes
from cnnvis.observe.trace.rules import Window, axes_whole, merge, resampling_mean, window
from cnnvis.observe.trace.span import HALF, Span
from cnnvis.observe.trace.state import SIDES, State


def permutation(call: Call) -> tuple[int, ...] | None:
    """Return which input axis each output axis is; None when that cannot be told."""
    count = len(call.first.shape)
    order = list(range(count))
    arguments = call.arguments
    if call.name in ("t", "T", "adjoint", "mT", "H", "mH"):
        return tuple(order[::-1]) if call.name in ("t", "T") else (*order[:-2], order[-1], order[-2])
    if call.name == "transpose":
        first, second = int(arguments["dim0"]), int(arguments["dim1"])
        order[first], order[second] = order[second], order[first]
        return tuple(order)
    if call.name == "permute":
        return tuple(int(axis) % count for axis in arguments["dims"])
    if call.name == "movedim":
        probe = torch.empty([2 + axis for axis in range(count)], device="meta")
        moved = torch.movedim(probe, arguments["source"], arguments["destination"])
        return tuple(int(extent) - 2 for extent in moved.shape)
    return None


def permuted(call: Call) -> State:
    """Permute, transpose, movedim."""
    order = permutation(call)
    axes = call.first.state.axes
    return axes_whole(call, None if order is None else tuple(axes[axis] for axis in order))


def cut(state: State, axis: int, selection: tuple[int, int, int]) -> State:
    """Keep ``count`` places from ``start`` in steps along one axis; selection is (start, step, count)."""
    start, step, count = selection
    atoms = state.axes[axis]
    axes = list(state.axes)
    if only(atoms, "channel", "batch", "same"):
        label = atoms[0].label if atoms else "same"
        axes[axis] = axis_of(label, count) if len({atom.label for atom in atoms}) <= 1 else axis_of("channel", count)
        return state.with_axes(tuple(axes))
    if len(atoms) != 1 or atoms[0].label not in SIDES:
        axes[axis] = axis_of("unknown", count)
        return state.whole(tuple(axes))
    atom = atoms[0]
    span = state.span(atom.label)
    alone = len(state.atoms(atom.label)) == 1
    axes[axis] = tidy((Atom(atom.label, count, atom.step * step),))
    state = state.with_axes(tuple(axes))
    if span is None:
        return state
    span = span.shifted(start * atom.step * span.stride)
    if alone and count == 1:
        span = replace(span, stride=span.stride * atom.step * step)
    return state.with_span(atom.label, span).settled()


def selections(call: Call) -> list[tuple[int, int, int, int]]:
    """Return (axis, start, step, count) of every axis that a selection shortens; axes are those of the input."""
    shape = call.first.shape
    if call.name in ("chunk", "split", "split_with_sizes", "tensor_split"):
        axis = call.number("dim", 0) % len(shape)
        start = sum(int(tensor.shape[axis]) for tensor in call.op.outputs[: call.output])
        return [(axis, start, 1, call.shape[axis])]
    axis = call.number("dim", 0) % len(shape)
    if call.name == "unbind":
        return [(axis, call.output, 1, 1)]
    if call.name == "narrow":
        return [(axis, call.number("start", 0) % shape[axis], 1, call.number("length", 1))]
    if call.name == "select":
        return [(axis, call.number("index", 0) % shape[axis], 1, 1)]
    return [item[1] for item in index_items(call) or [] if item[1] is not None]


def index_items(call: Call) -> list[tuple[str, tuple[int, int, int, int] | None]] | None:
    """Read ``tensor[index]`` axis by axis: keep, drop (one place), new, any (a list of places); None: too complex."""
    shape = call.first.shape
    given: Any = call.arguments.get("index")
    index = list(given) if isinstance(given, tuple) else [given]
    if any(isinstance(item, bool) or (isinstance(item, torch.Tensor) and item.dtype == torch.bool) for item in index):
        return None
    used = sum(item is not None and item is not Ellipsis for item in index)
    if not any(item is Ellipsis for item in index):
        index.append(Ellipsis)
    items: list[tuple[str, tuple[int, int, int, int] | None]] = []
    axis = 0
    for item in index:
        if item is None:
            items.append(("new", None))
        elif item is Ellipsis:
            items += [("keep", None)] * (len(shape) - used)
            axis += len(shape) - used
        elif isinstance(item, slice):
            places = range(shape[axis])[_plain(item)]
            items.append(("keep", (axis, places.start, places.step, len(places))))
            axis += 1
        elif isinstance(item, int):
            items.append(("drop", (axis, item % shape[axis], 1, 1)))
            axis += 1
        else:
            items.append(("any", (axis, 0, 1, -1)))
            axis += 1
    return items


def _plain(item: slice) -> slice:
    values = (item.start, item.stop, item.step)
    return slice(*(None if value is None else int(value) for value in values))


def indexed(call: Call) -> State:
    """``tensor[index]`` with numbers, slices, None and lists along axes without positions."""
    items = index_items(call)
    lost = call.first.state.whole(unknown_axes(call.shape))
    if items is None or sum(kind == "any" for kind, _ in items) > 1 or len(call.operands) > 1:
        return lost
    state = call.first.state
    kinds = [kind for kind, _ in items if kind != "new"]
    for axis, (kind, selection) in enumerate(item for item in items if item[0] != "new"):
        if kind == "any" and not only(state.axes[axis], "channel", "batch"):
            return lost
        if kind != "any" and selection is not None:
            state = cut(state, axis, selection[1:])
    axes = iter(zip(kinds, state.axes, strict=True))
    left: list[tuple[str, Axis]] = []
    for kind, _ in items:
        found = ("new", ()) if kind == "new" else next(axes)
        if found[0] != "drop":
            left.append(found)
    if len(left) != len(call.shape):
        return lost
    return state.with_axes(
        tuple(
            axis_of("channel", extent) if kind == "any" and only(axis, "channel") else axis
            for (kind, axis), extent in zip(left, call.shape, strict=True)
        )
    )


def parted(call: Call) -> State:
    """Chunk, split, unbind, narrow, select."""
    state = call.first.state
    (axis, *selection) = selections(call)[0]
    state = cut(state, axis, (selection[0], selection[1], selection[2]))
    if call.name in ("unbind", "select"):
        state = state.with_axes((*state.axes[:axis], *state.axes[axis + 1 :]))
    return state


def written(call: Call) -> State:
    """``tensor[index] = value``: the hull of both where their layouts agree, else the whole input."""
    full = [operand for operand in call.operands if operand.shape == call.shape]
    if len(full) == len(call.operands):
        state = merge(call)
        return replace(state, y=_loose(state.y), x=_loose(state.x))
    return call.first.state.whole(full[0].state.axes if full else unknown_axes(call.shape))


def _loose(span: Span | None) -> Span | None:
    return None if span is None else replace(span, exact=False)


def padding_pairs(call: Call) -> list[tuple[int, int, int]]:
    """Return (axis, before, after) of every axis that a padding changes."""
    given = [int(value) for value in call.arguments.get("pad", ())]
    last = len(call.shape) - 1
    pairs = [(last - i, given[2 * i], given[2 * i + 1]) for i in range(len(given) // 2)]
    return sorted(pair for pair in pairs if pair[1] or pair[2])


def padded(call: Call) -> State:
    """Padding: by a constant exact, mirrored or repeated a bound, circular the whole input."""
    state, mode = call.first.state, call.arguments.get("mode", "constant")
    for axis, before, after in padding_pairs(call):
        atoms = state.axes[axis]
        axes = list(state.axes)
        if only(atoms, "channel", "batch", "same"):
            axes[axis] = axis_of("channel" if only(atoms, "channel") and atoms else "same", call.shape[axis])
            state = state.with_axes(tuple(axes))
            continue
        if mode == "circular":
            axes[axis] = tuple(replace(atom, size=call.shape[axis]) for atom in atoms[:1])
            state = state.whole(tuple(axes))
            continue
        state = window(state, call.shape, [(axis, _border(before, after, mode))])
    return state


def _border(before: int, after: int, mode: object) -> Window:
    def slide(span: Span, step: Fraction) -> Span:
        moved = span.shifted(-before * step)
        if mode == "constant":
            return moved
        # A padded place shows one further in: at most twice as far away when mirrored.
        times = 2 if mode == "reflect" else 1
        return moved.widened(max(after, 0) * times * step, max(before, 0) * times * step)

    return slide


def resampled(call: Call) -> State:
    """Interpolation: a bound, because what an output sees depends on its place."""
    mode = str(call.arguments.get("mode", "nearest"))
    shape = call.first.shape
    scale = call.arguments.get("scale_factor")
    uneven = scale is not None and any(
        float(scale[i] if isinstance(scale, tuple | list) else scale) * shape[2 + i] != call.shape[2 + i]
        for i in range(len(shape) - 2)
    )
    if uneven or call.arguments.get("antialias"):
        return call.first.state.whole()
    corners = bool(call.arguments.get("align_corners"))
    slides = [(axis, _resampling(mode, shape[axis], call.shape[axis], corners)) for axis in range(2, len(shape))]
    return window(call.first.state, call.shape, slides)


def _resampling(mode: str, given: int, wanted: int, corners: bool) -> Window:
    if mode == "area":
        return resampling_mean(given, wanted)
    ratio = Fraction(given, wanted)
    if given == wanted and mode != "nearest":
        return lambda span, _step: span
    if mode.startswith("nearest"):
        shift = Fraction(0) if mode == "nearest" else ratio / 2
        slack = 1 - Fraction(1, (ratio if mode == "nearest" else ratio / 2).denominator)
        return lambda span, step: Span(
            span.start + (shift - slack) * step, span.size + slack * step, span.stride * ratio, span.exact and not slack
        )
    reach = 2 if mode == "bicubic" else 1
    if corners:
        ratio = Fraction(given - 1, max(wanted - 1, 1))
    offset = Fraction(0) if corners else ratio * HALF - HALF
    return lambda span, step: Span(
        span.start + (offset - reach) * step, span.size + 2 * reach * step, span.stride * ratio, exact=False
    )


def shuffled_pixels(call: Call) -> State:
    """Pixel shuffle: channels become positions, so an output's place only bounds what it sees."""
    factor = call.number("upscale_factor", 1)
    state = call.first.state
    axes = (*state.axes[:-3], axis_of("channel", call.shape[-3]), *state.axes[-2:])
    state = state.absorb(state.axes[-3], axes)
    count = len(call.shape)
    slides = [(axis, _resampling("nearest", call.first.shape[axis], call.shape[axis], corners=False))
              for axis in (count - 2, count - 1)]  # fmt: skip
    return state if factor == 1 else window(state, call.shape, slides)


def unshuffled_pixels(call: Call) -> State:
    """Pixel unshuffle: positions become channels."""
    factor = call.number("downscale_factor", 1)
    *front, channels, height, width = call.first.shape
    parts = (*front, channels, height // factor, factor, width // factor, factor)
    axes = reshape(call.first.state.axes, parts)
    if axes is None:
        return axes_whole(call, None)
    n = len(front)
    moved: Axes = (*axes[:n], axes[n], axes[n + 2], axes[n + 4], axes[n + 1], axes[n + 3])
    return axes_whole(call, reshape(moved, call.shape))


def repeated(call: Call) -> State:
    """Expand and repeat: new places show what was there."""
    state = call.first.state
    missing = len(call.shape) - len(state.axes)
    axes: Axes = ((),) * missing + state.axes
    result: list[Axis] = []
    for number, extent in enumerate(call.shape):
        axis = axes[number]
        length = (1,) * missing + call.first.shape
        if length[number] == extent:
            result.append(axis)
        elif length[number] == 1:
            result.append(axis_of("same", extent))
        elif only(axis, "channel"):
            result.append(axis_of("channel", extent))
        else:
            return state.whole(unknown_axes(call.shape))
    return state.with_axes(tuple(result))


def moved_places(call: Call) -> State:
    """Flip, roll, index_select: harmless along channels, else the whole input."""
    state = call.first.state
    value = call.arguments.get("dims", call.arguments.get("dim"))
    dims = value if isinstance(value, tuple | list) else [value]
    count = len(call.shape)
    if any(not isinstance(d, int) or not only(state.axes[d % count], "channel", "batch") for d in dims):
        return state.whole(state.axes if call.shape == call.first.shape else unknown_axes(call.shape))
    axes = [axis if size == old else axis_of("channel", size)
            for axis, size, old in zip(state.axes, call.shape, call.first.shape, strict=True)]  # fmt: skip
    return state.with_axes(tuple(axes))
