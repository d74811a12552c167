"""Groups of classes that are opened one inside the other (design: classes)."""

import heapq
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True, kw_only=True)
class ClassGroup:
    """A run of the class order, and the groups it opens into."""

    start: int
    """Place of its first class in the order."""
    stop: int
    """Place after its last class."""
    groups: tuple["ClassGroup", ...] = ()
    """What it opens into, in order and without gaps; nothing: it opens into its classes."""

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.stop - self.start


def class_groups(
    tree: Float[np.ndarray, "merges 4"], order: Int[np.ndarray, " classes"], *, visible: int = 40
) -> tuple[ClassGroup, ...]:
    """Cut a class tree into at most so many groups, each a branch of the tree and a run of the order.

    The branch with the most classes is divided again and again, so that the largest group is as small as the tree
    allows. A group with more classes than can be visible opens into groups that are found in the same way.

    Args:
        tree: Merges over classes in SciPy's linkage format.
        order: An order of its leaves that keeps every branch together, see `leaf_order`; the ranges hold as well for
            `class_order`, which puts classes without images after them.
        visible: Most groups side by side, at least 2.

    Raises:
        ValueError: The order does not keep a branch of the tree together, or fewer than 2 groups are allowed.

    """
    if visible < 2:
        raise ValueError(f"class_groups: visible must be at least 2, not {visible}.")
    if len(order) != len(tree) + 1:
        raise ValueError(f"class_groups: the tree has {len(tree) + 1} classes, the order {len(order)}.")
    spans = _spans(tree, order)
    if len(order) <= visible:
        return tuple(ClassGroup(start=place, stop=place + 1) for place in range(len(order)))
    made: dict[int, ClassGroup] = {}
    # Smaller branches come first in the tree, so what a branch opens into is ready before it is needed.
    for branch, (start, stop) in enumerate(spans):
        inner = tuple(made[part] for part in _divided(tree, spans, branch, visible)) if stop - start > visible else ()
        made[branch] = ClassGroup(start=start, stop=stop, groups=inner)
    return made[len(spans) - 1].groups


def _spans(tree: Float[np.ndarray, "merges 4"], order: Int[np.ndarray, " classes"]) -> list[tuple[int, int]]:
    """Return the run of the order that each branch takes up."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    spans = [(int(start), int(start) + 1) for start in place]
    for merge in tree:
        one, other = sorted((spans[int(merge[0])], spans[int(merge[1])]))
        if one[1] != other[0]:
            raise ValueError("class_groups: the order does not keep the branches of the tree together.")
        spans.append((one[0], other[1]))
    return spans


def _divided(tree: Float[np.ndarray, "merges 4"], spans: list[tuple[int, int]], branch: int, visible: int) -> list[int]:
    """Return the branches that a branch is divided into, in the order of the classes; ties: the first is divided."""
    leaves = len(tree) + 1

    def entry(part: int) -> tuple[int, int, int]:
        start, stop = spans[part]
        return start - stop, start, part

    parts = [entry(branch)]
    while len(parts) < visible and parts[0][2] >= leaves:
        merge = tree[heapq.heappop(parts)[2] - leaves]
        heapq.heappush(parts, entry(int(merge[0])))
        heapq.heappush(parts, entry(int(merge[1])))
    return [part for _, _, part in sorted(parts, key=lambda part: part[1])]
