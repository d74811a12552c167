"""Axes through views, against an array that holds every element's own coordinates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.trace.layout import Axes, Axis, image_axes, only, places, reshape, size, unknown_axes

SHAPE = (2, 6, 4, 12)
LABELS = ("batch", "channel", "y", "x")


def coordinates(axes: Axes, shape: tuple[int, ...], label: str) -> np.ndarray:
    """Return each element's coordinate along one label, as the axes claim it (batch and channels by order)."""
    total = np.zeros(shape, dtype=np.int64)
    for number, axis in enumerate(axes):
        index = np.arange(shape[number])
        for atom in reversed(axis):
            index, place = index // atom.size, index % atom.size
            if atom.label == label:
                form = [1] * len(shape)
                form[number] = shape[number]
                total = total + (place * atom.step).reshape(form)
    return total


@st.composite
def moves(draw: st.DrawFn) -> list[tuple[str, tuple[int, ...]]]:
    """Draw views and permutations one after the other."""
    shape, found = SHAPE, list[tuple[str, tuple[int, ...]]]()
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            order = tuple(draw(st.permutations(range(len(shape)))))
            shape = tuple(shape[axis] for axis in order)
            found.append(("permute", order))
            continue
        flat, left = list[int](), 2 * 6 * 4 * 12
        while left > 1 and len(flat) < 6:
            flat.append(draw(st.sampled_from([n for n in range(1, left + 1) if left % n == 0])))
            left //= flat[-1]
        shape = (*flat, left)
        found.append(("view", shape))
    return found


@given(moves())
def test_views_and_permutations(steps: list[tuple[str, tuple[int, ...]]]) -> None:
    true = dict(zip(LABELS, np.indices(SHAPE), strict=True))
    axes: Axes | None = image_axes(SHAPE)
    for kind, numbers in steps:
        if kind == "permute":
            axes = tuple(axes[number] for number in numbers)
            true = {label: array.transpose(numbers) for label, array in true.items()}
        else:
            axes = reshape(axes, numbers)
            true = {label: array.reshape(numbers) for label, array in true.items()}
        if axes is None:  # an uneven cut: nothing is claimed
            return
        shape = true["y"].shape
        assert tuple(size(axis) for axis in axes) == shape
        for label in ("y", "x"):
            np.testing.assert_array_equal(coordinates(axes, shape, label), true[label])


def test_a_view_undone_is_the_same() -> None:
    axes = image_axes(SHAPE)
    windows = reshape(axes, (2, 6, 2, 2, 3, 4))
    assert windows is not None
    assert reshape(windows, SHAPE) == axes
    assert reshape(axes, (2, 6, 48)) is not None
    assert reshape(axes, (5, 7)) is None
    assert reshape(image_axes((1, 6, 4, 9)), (1, 4, 54)) is None


def test_where_the_channels_are() -> None:
    def labels(shape: tuple[int, ...]) -> list[str]:
        return [axis[0].label if axis else "-" for axis in image_axes(shape)]

    assert labels((2, 3, 8, 8)) == ["batch", "channel", "y", "x"]
    assert labels((1, 1, 8, 8)) == ["-", "-", "y", "x"]
    assert labels((2, 8, 8, 3)) == ["batch", "y", "x", "channel"]
    assert labels((2, 7)) == ["batch", "channel"]
    assert labels((2, 3, 7)) == ["batch", "channel", "unknown"]


def test_questions_about_axes() -> None:
    axes = image_axes(SHAPE)
    axis: Axis = axes[1]
    assert only(axis, "channel")
    assert not only(axis, "y", "x")
    assert [(number, atom.label) for number, _, atom in places(axes)] == [(2, "y"), (3, "x")]
    assert unknown_axes((1, 3))[0] == ()
