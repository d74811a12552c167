"""Bundling beside other ways to draw the same connections, and the order of clusters beside none (design, section 6).

Per way: curves, crossings, ink (length of all that is drawn, once, in a gap of 400 × 600) and the part of the kept
weight that bundles carry. `--connections FILE` (may be repeated) adds real gaps: a safetensors file with one signed
matrix, clusters × clusters, per entry. Times are of the process, not of the clock.

- none: a curve for each kept connection
- co-clustering: every cluster in exactly one block (scikit-learn's SpectralCoclustering); links outside stay single
- hierarchical: every connection led through a tree of both columns' clusters (the idea of Holten 2006); a piece of the
  way that several share is drawn once. There are as many connections to follow, and on a shared piece one cannot see
  which clusters are connected and which are not.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
from _table import Row, arguments, report
from safetensors.numpy import load_file
from scipy.cluster.hierarchy import linkage, to_tree
from sklearn.cluster import SpectralCoclustering

from cnnvis.analysis.arrange import arrange, crossings, moved, node_places
from cnnvis.analysis.bundle import bundle, keep

WIDTH, HEIGHT = 400.0, 600.0
Matrix = np.ndarray
Blocks = list[tuple[tuple[int, ...], tuple[int, ...]]]


@dataclass(frozen=True)
class Drawn:
    """What is measured of a picture of one gap."""

    curves: int
    crossings: float
    ink: float
    bundled: float


def heights_of(count: int) -> np.ndarray:
    return (np.arange(count) + 0.5) * HEIGHT / max(count, 1)


def drawn(weights: Matrix, blocks: list[Blocks], heights: tuple[np.ndarray, np.ndarray]) -> Drawn:
    """Draw both signs as straight lines: through nodes half way for blocks, from side to side for the rest."""
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    curves, ink, bundled = 0, 0.0, 0.0
    for strength, found in zip((np.maximum(weights, 0), np.maximum(-weights, 0)), blocks, strict=True):
        rest = strength > 0
        incoming, outgoing = (np.zeros((len(found), len(side))) for side in heights)
        for node, (sources, targets) in enumerate(found):
            block = strength[np.ix_(sources, targets)]
            incoming[node, list(sources)], outgoing[node, list(targets)] = block.sum(axis=1), block.sum(axis=0)
            bundled += float(block.sum())
            rest[np.ix_(sources, targets)] = False
        at = node_places(incoming, outgoing, heights=heights, spacing=6.0)
        for side, ends, lines in ((incoming, heights[0], left), (outgoing, heights[1], right)):
            nodes, clusters = np.nonzero(side)
            steps = list(zip(ends[clusters].tolist(), at[nodes].tolist(), strict=True))
            lines.extend(steps if lines is left else [(node, end) for end, node in steps])
            ink += sum(math.hypot(WIDTH / 2, end - node) for end, node in steps)
            curves += len(steps)
        for source, target in np.argwhere(rest).tolist():
            start, end = float(heights[0][source]), float(heights[1][target])
            left.append((start, (start + end) / 2))
            right.append(((start + end) / 2, end))
            ink += math.hypot(WIDTH, end - start)
            curves += 1
    crossed = sum(crossings(*np.array(lines).reshape(-1, 2).T) for lines in (left, right))
    return Drawn(curves, crossed, ink, bundled / max(float(np.abs(weights).sum()), 1e-300))


def strong(weights: Matrix) -> Matrix:
    """The connections that are drawn by default, of both signs."""
    kept = keep(np.maximum(weights, 0)) | keep(np.minimum(weights, 0))
    return np.where(kept, weights, 0.0)


def ours(weights: Matrix) -> tuple[list[Blocks], float, bool]:
    begin = process_time()
    found = bundle(np.maximum(weights, 0), np.minimum(weights, 0))
    seconds = process_time() - begin
    blocks = [[(node.sources, node.targets) for node in found.biclusters if node.sign == sign] for sign in (1, -1)]
    return blocks, seconds, found.exact


def coclustered(weights: Matrix) -> list[Blocks]:
    """The number of blocks that saves the most curves; a block is drawn as a bundle when all its pairs are connected.

    Incomplete blocks would show connections that are not there: of these, the sources linked to all targets remain.
    """
    return [best_blocks(np.maximum(sign * weights, 0)) for sign in (1, -1)]


def best_blocks(strength: Matrix) -> Blocks:
    rows, columns = (np.flatnonzero((strength > 0).any(axis=axis)) for axis in (1, 0))
    best: Blocks = []
    most = 0
    inner = strength[np.ix_(rows, columns)]
    for count in range(2, min(inner.shape, default=0)):
        model = SpectralCoclustering(n_clusters=count, random_state=0).fit(inner)
        blocks: Blocks = []
        for block in range(count):
            targets = np.flatnonzero(model.column_labels_ == block)
            sources = np.flatnonzero((model.row_labels_ == block) & (inner[:, targets] > 0).all(axis=1))
            if len(sources) > 1 and (len(sources) - 1) * (len(targets) - 1) > 1:
                blocks.append((tuple(rows[sources].tolist()), tuple(columns[targets].tolist())))
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


def hierarchical(weights: Matrix, heights: tuple[np.ndarray, np.ndarray]) -> Drawn:
    """Lead each connection up one side's tree and down the other's; inner nodes lie further in, at mean height."""
    sides = [way_up(side) for side in (weights, weights.T)]
    places: list[dict[int, tuple[float, float]]] = []
    for side, (ways, ends) in enumerate(zip(sides, heights, strict=True)):
        members: dict[int, list[int]] = {}
        for row, way in enumerate(ways):
            for node in way:
                members.setdefault(node, []).append(row)
        deepest = math.log2(len(ways))
        places.append({})
        for node, rows in members.items():
            inward = WIDTH / 2 * math.log2(len(rows)) / deepest
            places[side][node] = (WIDTH - inward if side else inward, float(ends[rows].mean()))
    pieces: set[tuple[int, tuple[float, float], tuple[float, float]]] = set()
    starts: list[float] = []
    stops: list[float] = []
    for source, target in np.argwhere(weights).tolist():
        way = [places[0][node] for node in sides[0][source]] + [places[1][node] for node in sides[1][target][::-1]]
        sign = 1 if weights[source, target] > 0 else -1
        pieces |= {(sign, one, other) for one, other in pairwise(way)}
        starts.append(float(heights[0][source]))
        stops.append(float(heights[1][target]))
    ink = sum(math.dist(one, other) for _, one, other in pieces)
    return Drawn(int((weights != 0).sum()), crossings(np.array(starts), np.array(stops)), ink, 1.0)


def gaps(files: list[Path]) -> Iterator[tuple[str, Matrix, float]]:
    """Yield name, signed matrix and the time that bundling may take, in milliseconds."""
    for size in (12, 20, 40, 60):
        yield f"signed {size} × {size}", np.random.default_rng(size).normal(size=(size, size)), 500.0
    for tenths in range(2, 10):
        rng = np.random.default_rng(tenths)
        yield f"one sign, density 0.{tenths}", rng.random((60, 60)) * (rng.random((60, 60)) < tenths / 10), 500.0
    for file in files:
        for name, matrix in sorted(load_file(file).items()):
            if matrix.ndim == 2 and min(matrix.shape) > 1 and np.any(matrix):
                yield (
                    f"{file.parent.name} {name}",
                    matrix.astype(np.float64),
                    50.0 if max(matrix.shape) <= 20 else 500.0,
                )


def rows(name: str, weights: Matrix, limit: float) -> Iterator[Row]:
    begin = process_time()
    order = arrange([np.ones(len(weights)), np.ones(weights.shape[1])], {(0, 1): strong(weights)}).orders
    seconds = process_time() - begin
    given = strong(weights)
    heights = (heights_of(len(weights)), heights_of(weights.shape[1]))
    before = drawn(given, ours(weights)[0], heights)
    ordered = weights[np.ix_(order[0], order[1])]
    kept = strong(ordered)
    blocks, took, exact = ours(ordered)
    ways = {
        "ours": drawn(kept, blocks, heights),
        "none": drawn(kept, [[], []], heights),
        "co-clustering": drawn(kept, coclustered(kept), heights),
        "hierarchical": hierarchical(kept, heights),
    }
    yield Row(name=f"{name}: bundling and order{'' if exact else ' (bounded search)'}", value=1000 * (took + seconds),
              unit="ms", target=limit)  # fmt: skip
    yield Row(name="  crossings in the given order / ours", value=before.crossings / max(ways["ours"].crossings, 1.0),
              unit="x", target=None)  # fmt: skip
    for way, measured in ways.items():
        most = ways["none"].curves if way == "ours" else None
        yield Row(name=f"  curves, {way}", value=measured.curves, unit="", target=most)
        yield Row(name=f"    crossings, {way}", value=measured.crossings, unit="", target=None)
        yield Row(name=f"    ink, {way}", value=measured.ink / 1000, unit="1000 px", target=None)
        yield Row(name=f"    weight in bundles, {way}", value=100 * measured.bundled, unit="%", target=None)


def steadiness() -> Iterator[Row]:
    """Six columns of 12 clusters: every weight changes by up to a fifth."""
    rng = np.random.default_rng(0)
    heights = [rng.uniform(1, 4, 12) for _ in range(6)]
    links = {(one, one + 1): rng.normal(size=(12, 12)) * (rng.random((12, 12)) < 0.4) for one in range(5)}
    first = arrange(heights, links)
    places = [np.argsort(order).astype(float) for order in first.orders]
    other = {pair: matrix * rng.uniform(0.8, 1.2, matrix.shape) for pair, matrix in links.items()}
    begin = process_time()
    warm = arrange(heights, other, previous=places)
    yield Row(name="order again, from the earlier one", value=1000 * (process_time() - begin), unit="ms", target=50)
    cold = arrange(heights, other)
    anew = sum(moved(*pair) for pair in zip(places, cold.orders, strict=True))
    yield Row(name="  clusters of 72 moved", value=warm.moved or 0, unit="", target=7)
    yield Row(name="  moved without the earlier order", value=anew, unit="", target=None)
    yield Row(
        name="  crossings / without the earlier order", value=warm.crossings / cold.crossings, unit="x", target=1.1
    )
    yield Row(
        name="  crossings, first picture / as given", value=first.crossings / first.unordered, unit="x", target=None
    )


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--connections", type=Path, action="append", default=[], metavar="FILE")
    chosen = parser.parse_args()
    found = [row for gap in gaps(chosen.connections) for row in rows(*gap)]
    report([*found, *steadiness()], chosen.json)


if __name__ == "__main__":
    main()
