"""Other ways to draw the connections between two columns: co-clustering, and hierarchical edge bundling."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import linkage, to_tree
from scipy.interpolate import BSpline
from sklearn.cluster import SpectralCoclustering

Matrix = np.ndarray
Blocks = list[tuple[list[int], list[int]]]
MOST_BLOCKS = 16


def best_blocks(strength: Matrix) -> Blocks:
    """The number of blocks that saves the most curves; a block is drawn as a bundle when all its pairs are connected.

    Incomplete blocks would show connections that are not there: of these, the sources linked to all targets remain.
    """
    rows, columns = (np.flatnonzero((strength > 0).any(axis=axis)) for axis in (1, 0))
    best: Blocks = []
    most = 0
    inner = strength[np.ix_(rows, columns)]
    for count in range(2, min(MOST_BLOCKS, *inner.shape)):
        model = SpectralCoclustering(n_clusters=count, random_state=0).fit(inner)
        blocks: Blocks = []
        for block in range(count):
            targets = np.flatnonzero(model.column_labels_ == block)
            sources = np.flatnonzero((model.row_labels_ == block) & (inner[:, targets] > 0).all(axis=1))
            if len(sources) > 1 and (len(sources) - 1) * (len(targets) - 1) > 1:
                blocks.append((rows[sources].tolist(), columns[targets].tolist()))
        saved = sum(len(one) * len(other) - len(one) - len(other) for one, other in blocks)
        if saved > most:
            best, most = blocks, saved
    return best


def way_up(weights: Matrix) -> list[list[int]]:
    """For each row the nodes of the tree from itself up to the root."""
    root, nodes = to_tree(linkage(weights, "average"), rd=True)
    above = {child.get_id(): node.get_id() for node in nodes for child in (node.get_left(), node.get_right()) if child}
    ways: list[list[int]] = []
    for row in range(len(weights)):
        way = [row]
        while way[-1] != root.get_id():
            way.append(above[way[-1]])
        ways.append(way)
    return ways


def tree_places(
    weights: Matrix, heights: Sequence[float], edges: tuple[float, float], *, from_right: bool
) -> list[list[tuple[float, float]]]:
    """Return for each cluster the places of its nodes up to the root: inner ones lie further in, at mean height."""
    if len(weights) < 2:
        return [[(edges[1 if from_right else 0], heights[0])]]
    ways = way_up(weights)
    members: dict[int, list[int]] = {}
    for row, way in enumerate(ways):
        for node in way:
            members.setdefault(node, []).append(row)
    deepest = math.log2(len(ways))
    half = (edges[1] - edges[0]) / 2

    def place(node: int) -> tuple[float, float]:
        inward = half * math.log2(len(members[node])) / deepest
        height = float(np.mean([heights[row] for row in members[node]]))
        return (edges[1] - inward if from_right else edges[0] + inward), height

    return [[place(node) for node in way] for way in ways]


def spline(points: Matrix, beta: float = 0.85) -> Matrix:
    """Return a clamped cubic B-spline, straightened a little (Holten 2006)."""
    straight = points[0] + np.linspace(0, 1, len(points))[:, None] * (points[-1] - points[0])
    control = beta * points + (1 - beta) * straight
    degree = min(3, len(control) - 1)
    knots = np.concatenate([[0.0] * degree, np.linspace(0, 1, len(control) - degree + 1), [1.0] * degree])
    return BSpline(knots, control, degree)(np.linspace(0, 1, 49))
