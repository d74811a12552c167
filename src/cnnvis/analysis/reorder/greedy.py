"""A first path: the shortest links first, as long as they make pieces of a path."""

import numpy as np
from jaxtyping import Int


class _Pieces:
    """Pieces of a path: who is linked with whom, and which piece each row belongs to."""

    def __init__(self, count: int) -> None:
        self.links: list[list[int]] = [[] for _ in range(count)]
        self.parent = list(range(count))

    def piece(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def link(self, pairs: Int[np.ndarray, "pairs 2"]) -> None:
        """Link pairs in this order, except within a piece and at rows with two links."""
        links = self.links
        for one, other in pairs.tolist():
            if len(links[one]) < 2 and len(links[other]) < 2:
                first, second = self.piece(one), self.piece(other)
                if first != second:
                    self.parent[first] = second
                    links[one].append(other)
                    links[other].append(one)

    def ends(self) -> Int[np.ndarray, " ends"]:
        return np.array([row for row, linked in enumerate(self.links) if len(linked) < 2], dtype=np.int64)


def greedy_path(apart: Int[np.ndarray, "rows rows"], nearest: Int[np.ndarray, "rows near"]) -> list[int]:
    """Return a path by linking the closest rows first: about a seventh longer than the best in a plane.

    Args:
        apart: Distances.
        nearest: Nearest rows of each row; ends of pieces that have none left among them are linked at the end.

    """
    pieces = _Pieces(len(apart))
    rows = np.arange(len(apart))
    pieces.link(_sorted(apart, np.repeat(rows, nearest.shape[1]), nearest.ravel()))
    while len(ends := pieces.ends()) and sum(2 - len(pieces.links[row]) for row in ends.tolist()) > 2:
        piece = np.array([pieces.piece(row) for row in ends.tolist()])
        between = apart[np.ix_(ends, ends)].astype(np.float64)
        between[piece[:, None] == piece[None, :]] = np.inf
        # Each round at least the shortest link of all is made, and mostly half of the pieces vanish.
        near = np.argsort(between, axis=1, kind="stable")[:, :4]
        one, other = np.repeat(np.arange(len(ends)), near.shape[1]), near.ravel()
        possible = np.isfinite(between[one, other])
        pieces.link(_sorted(apart, ends[one[possible]], ends[other[possible]]))
    return _walk(pieces.links)


def _sorted(
    apart: Int[np.ndarray, "rows rows"], one: Int[np.ndarray, " pairs"], other: Int[np.ndarray, " pairs"]
) -> Int[np.ndarray, "pairs 2"]:
    order = np.argsort(apart[one, other], kind="stable")
    return np.stack([one[order], other[order]], axis=1)


def _walk(links: list[list[int]]) -> list[int]:
    path = [next(row for row, linked in enumerate(links) if len(linked) < 2)]
    before = -1
    while len(path) < len(links):
        here = path[-1]
        path.append(next(row for row in links[here] if row != before))
        before = here
    return path
