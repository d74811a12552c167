"""What is known of a tensor: where its channels and positions lie, and what of the image it sees."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from cnnvis.observe.trace.layout import Atom, Axes, Axis, image_axes, unknown_axes
from cnnvis.observe.trace.span import Span
from cnnvis.schema.graph import ReceptiveField

Side = Literal["y", "x"]
SIDES: tuple[Side, Side] = ("y", "x")


@dataclass(frozen=True)
class State:
    """Axes of a tensor (batch included) and its receptive field at position 0 of every axis.

    Without spans the whole input may count. ``reached`` is False where the image itself does not come in.
    """

    axes: Axes
    y: Span | None = None
    x: Span | None = None
    reached: bool = True

    def span(self, side: str) -> Span | None:
        """Return the span along one side of the image."""
        return self.y if side == "y" else self.x

    def with_span(self, side: str, span: Span) -> "State":
        """Return the state with another span along one side."""
        return replace(self, y=span) if side == "y" else replace(self, x=span)

    def with_axes(self, axes: Axes) -> "State":
        """Return the state with other axes."""
        return replace(self, axes=axes)

    def whole(self, axes: Axes | None = None) -> "State":
        """Return the state of a tensor that may depend on every pixel."""
        return State(self.axes if axes is None else axes, reached=self.reached)

    def atoms(self, side: str) -> tuple[Atom, ...]:
        """Return what the tensor's axes hold of one side of the image, outermost first."""
        return tuple(atom for axis in self.axes for atom in axis if atom.label == side)

    def absorb(self, axis: Axis, left: Axes) -> "State":
        """Join the fields of all positions of ``axis``, which leaves the axes ``left``."""
        if any(atom.label == "unknown" for atom in axis):
            return self.whole(left)
        state = self.with_axes(left)
        for side in SIDES:
            span, gone = state.span(side), [atom for atom in axis if atom.label == side]
            if span is None or not gone:
                continue
            span = span.spread(sum((atom.size - 1) * atom.step for atom in gone) * span.stride)
            if not state.atoms(side):
                # Positionless from here on; the stride says how far such layers' neighbours would be apart.
                last = max(atom.size * atom.step for atom in gone)
                span = replace(span, stride=span.stride * last)
            state = state.with_span(side, span)
        return state.settled()

    def settled(self) -> "State":
        """Count positions in steps of one wherever a side of the image lies in a single atom."""
        state = self
        for side in SIDES:
            span, atoms = state.span(side), state.atoms(side)
            if span is None or len(atoms) != 1 or atoms[0].step == 1:
                continue
            axes = tuple(
                tuple(replace(atom, step=1) if atom.label == side else atom for atom in axis) for axis in state.axes
            )
            state = state.with_axes(axes).with_span(side, replace(span, stride=span.stride * atoms[0].step))
        return state

    def field(self) -> ReceptiveField:
        """Return the receptive field as the layer graph keeps it (design: status exact, bound or whole input)."""
        y, x = self.visible("y"), self.visible("x")
        if y is None or x is None:
            return ReceptiveField("whole input")
        return ReceptiveField("exact" if y.exact and x.exact else "bound", y.field(), x.field())

    def visible(self, side: Side) -> Span | None:
        """Return one side's span as positions of a single axis see it; positions hidden in channels only bound it."""
        span = self.span(side)
        if span is None:
            return None
        along = [number for number, axis in enumerate(self.axes) if len(axis) == 1 and axis[0].label == side]
        hidden = list(self.atoms(side))
        if len(along) == 1 and along[0] > 0:
            atom = self.axes[along[0]][0]
            hidden.remove(atom)
            stride = span.stride * atom.step
        elif self._positionless(side):
            stride = span.stride * max((atom.size * atom.step for atom in hidden), default=1)
        else:
            # No axis counts these positions in order (tokens, windows), so the box must hold for all of them.
            stride = Fraction(0)
        extent = sum((atom.size - 1) * atom.step for atom in hidden) * span.stride
        return Span(span.start, span.size + extent, stride, span.exact and not hidden)

    def _positionless(self, side: Side) -> bool:
        """Whether every place is position 0: what is left of the side lies among the channels, if anywhere."""
        return all(
            any(atom.label == "channel" for atom in axis) or all(atom.label not in (side, "same") for atom in axis)
            for axis in self.axes
        )


def image_state(shape: tuple[int, ...]) -> State:
    """Return the state of the model's input image."""
    axes = image_axes(shape)
    return State(axes, Span(), Span()) if len(shape) == 4 else State(axes)


def other_state(shape: tuple[int, ...]) -> State:
    """Return the state of an input that is not the image."""
    return State(unknown_axes(shape), reached=False)
