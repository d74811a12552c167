"""Where channels and image positions lie in a tensor's axes, through any reshaping."""

from dataclasses import dataclass
from math import prod
from typing import Literal

Label = Literal["batch", "channel", "y", "x", "same", "unknown"]


@dataclass(frozen=True)
class Atom:
    """One factor of a tensor axis.

    Positions along an image axis are mixed-radix numbers: the sum of index times ``step`` over its atoms. ``same``
    holds one value repeated, ``unknown`` has lost its meaning.
    """

    label: Label
    size: int
    step: int = 1


Axis = tuple[Atom, ...]
Axes = tuple[Axis, ...]


def axis_of(label: Label, size: int) -> Axis:
    """Return an axis that holds one thing; an axis of size 1 holds nothing."""
    return () if size == 1 else (Atom(label, size),)


def image_axes(shape: tuple[int, ...]) -> Axes:
    """Return the axes of a model's input image (batch first): channels first, or last when only that fits."""
    if len(shape) != 4:
        labels: tuple[Label, ...] = ("batch", "channel", *["unknown"] * (len(shape) - 2))  # type: ignore[assignment]
    elif shape[3] in (1, 3, 4) and shape[1] not in (1, 3, 4):
        labels = ("batch", "y", "x", "channel")
    else:
        labels = ("batch", "channel", "y", "x")
    return tuple(axis_of(label, size) for label, size in zip(labels, shape, strict=False))


def unknown_axes(shape: tuple[int, ...]) -> Axes:
    """Return axes of which only the first is known: the batch."""
    return tuple(axis_of("unknown" if index else "batch", size) for index, size in enumerate(shape))


def size(axis: Axis) -> int:
    """Return how many places an axis has."""
    return prod(atom.size for atom in axis)


def tidy(axis: Axis) -> Axis:
    """Join neighbouring atoms that count on from each other."""
    joined: list[Atom] = []
    for atom in axis:
        if atom.size == 1:
            continue
        last = joined[-1] if joined else None
        fits = last is not None and last.label == atom.label
        if fits and last is not None and (atom.label not in ("y", "x") or last.step == atom.step * atom.size):
            joined[-1] = Atom(atom.label, last.size * atom.size, atom.step)
        else:
            joined.append(atom)
    return tuple(joined)


def reshape(axes: Axes, shape: tuple[int, ...]) -> Axes | None:
    """Return the axes after a view as ``shape``; None when atoms would have to be cut unevenly."""
    atoms = [atom for axis in axes for atom in axis]
    result: list[Axis] = []
    for places in shape:
        missing, taken = places, list[Atom]()
        while missing > 1 and atoms:
            atom = atoms.pop(0)
            if missing % atom.size == 0:
                taken.append(atom)
                missing //= atom.size
            elif atom.size % missing == 0:
                inner = atom.size // missing
                taken.append(Atom(atom.label, missing, atom.step * inner))
                atoms.insert(0, Atom(atom.label, inner, atom.step))
                missing = 1
            else:
                return None
        if missing > 1:
            return None
        result.append(tidy(tuple(taken)))
    return tuple(result)


def only(axis: Axis, *labels: Label) -> bool:
    """Whether an axis holds nothing but these."""
    return all(atom.label in labels for atom in axis)


def places(axes: Axes) -> tuple[tuple[int, int, Atom], ...]:
    """Return where image positions lie: axis, place inside it, and atom."""
    return tuple(
        (number, place, atom)
        for number, axis in enumerate(axes)
        for place, atom in enumerate([atom for atom in axis if atom.label != "channel"])
        if atom.label in ("y", "x")
    )
