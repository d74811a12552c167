"""Packing and reordering beside what one would use instead, on random and real data (design, section 6).

`--runs FOLDER` adds the real importances and class profiles of the runs in it, `--long` gives the path solver 60
seconds per matrix instead of 2. squarify, rectpack and fast-tsp are used where installed.
"""

import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np
from _table import Row, arguments, report
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

import cnnvis
from cnnvis.analysis.pack import Packing, neuron_sides, pack_grid, pack_hierarchy, repack
from cnnvis.analysis.reorder import class_groups, class_tree, leaf_order, path_length, path_order
from cnnvis.analysis.reorder.distances import distances

COUNTS = (20, 50, 100, 200, 500)
REPEATS = 5
CHANGES = 8
Centres = np.ndarray
"""Rows of centre and side, in parts of the width and height: x, y, side / width, side / height."""


@dataclass(frozen=True, eq=False)
class Tiles:
    """Neurons to be packed."""

    importance: np.ndarray
    features: np.ndarray

    def tree(self, kept: np.ndarray | None = None) -> np.ndarray:
        return linkage(self.features if kept is None else self.features[kept], "ward")


@dataclass(eq=False)
class Measured:
    """What is measured about one way to pack, over all kinds of importance with one number of tiles."""

    fill: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    removed: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


def fill_in_shape(area: float, width: float, height: float) -> float:
    """The design's fill: the rectangle around the tiles is taken to be 2:3 to 3:2."""
    return area / (max(width, height / 1.5) * max(height, width / 1.5))


def centres(packing: Packing) -> Centres:
    middle = packing.side / 2
    at = ((packing.x + middle) / packing.width, (packing.y + middle) / packing.height)
    return np.stack([*at, packing.side / packing.width, packing.side / packing.height], axis=1)


def moved(before: Centres, after: Centres) -> float:
    return float((np.abs(before[:, :2] - after[:, :2]) > before[:, 2:]).any(axis=1).mean())


# --- ways to pack: tiles → centres and fill ----------------------------------------------------------------------


def ours(tiles: Tiles, kept: np.ndarray, importance: np.ndarray, reference: float) -> tuple[Centres, float]:
    packing = pack_hierarchy(importance, tiles.tree(kept), reference=reference)
    return centres(packing), fill_in_shape(float((packing.side**2).sum()), packing.width, packing.height)


def grid(tiles: Tiles, kept: np.ndarray, importance: np.ndarray, reference: float) -> tuple[Centres, float]:
    del tiles, kept
    packing = pack_grid(importance, reference=reference)
    return centres(packing), fill_in_shape(float((packing.side**2).sum()), packing.width, packing.height)


def squarified(tiles: Tiles, kept: np.ndarray, importance: np.ndarray, reference: float) -> tuple[Centres, float]:
    """Squares of equal scale as large as fit into squarify's rectangles, which are not square."""
    import squarify  # pyright: ignore[reportMissingImports]

    del tiles, kept
    area = neuron_sides(importance, reference=reference).astype(float) ** 2
    order = np.argsort(-area, kind="stable")
    boxes = squarify.squarify(squarify.normalize_sizes(area[order], 1.0, 1.0), 0, 0, 1.0, 1.0)
    found = np.empty((len(area), 4))
    shortest = np.empty(len(area))
    for tile, box in zip(order, boxes, strict=True):
        found[tile] = [box["x"] + box["dx"] / 2, box["y"] + box["dy"] / 2, 0, 0]
        shortest[tile] = min(box["dx"], box["dy"])
    side = np.sqrt(area) * (shortest / np.sqrt(area)).min()
    found[:, 2:] = side[:, None]
    return found, float((side**2).sum())


def rectangles(tiles: Tiles, kept: np.ndarray, importance: np.ndarray, reference: float) -> tuple[Centres, float]:
    """The default packer of rectpack, into the smallest square bin that takes all, by bisection."""
    import rectpack  # pyright: ignore[reportMissingImports]

    del tiles, kept
    side = neuron_sides(importance, reference=reference)
    low, high = math.ceil(math.sqrt((side**2).sum())), 2 * math.ceil(math.sqrt((side**2).sum())) + 48
    placed: list[tuple[int, ...]] = []
    while low < high:
        size = (low + high) // 2
        packer = rectpack.newPacker(rotation=False)
        for tile, cells in enumerate(side.tolist()):
            packer.add_rect(cells, cells, tile)
        packer.add_bin(size, size)
        packer.pack()
        if len(packer.rect_list()) == len(side):
            placed, high = packer.rect_list(), size
        else:
            low = size + 1
    found = np.array([row[1:5] for row in sorted(placed, key=lambda row: row[5])], dtype=float)
    width, height = (found[:, 0] + found[:, 2]).max(), (found[:, 1] + found[:, 3]).max()
    at = np.stack([(found[:, 0] + found[:, 2] / 2) / width, (found[:, 1] + found[:, 3] / 2) / height], axis=1)
    boxes = np.concatenate([at, found[:, 2:3] / width, found[:, 3:4] / height], axis=1)
    return boxes, fill_in_shape(float((side**2).sum()), width, height)


Way = Callable[[Tiles, np.ndarray, np.ndarray, float], tuple[Centres, float]]


def ways() -> dict[str, Way]:
    found: dict[str, Way] = {"hierarchical": ours, "grid": grid}
    for name, way in (("squarify", squarified), ("rectpack", rectangles)):
        if find_spec(name):
            found[name] = way
        else:
            print(f"{name} is not installed: left out.")
    return found


# --- data --------------------------------------------------------------------------------------------------------


def random_tiles(count: int) -> dict[str, Tiles]:
    rng = np.random.default_rng(count)
    groups = max(1, count // 15)
    features = rng.normal(size=(groups, 8))[rng.integers(0, groups, count)] * 3 + rng.normal(size=(count, 8))
    kinds = {
        "uniform": rng.random(count),
        "lognormal": rng.lognormal(0.0, 1.0, count),
        "gamma": rng.gamma(3.0, 1.0, count),
        "nearly equal": rng.gamma(20.0, 1.0, count),
        "two levels": np.where(rng.random(count) < 0.3, 3.0, 1.0),
        "equal": np.ones(count),
    }
    return {name: Tiles(importance, features) for name, importance in kinds.items()}


def layers(folder: Path | None) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield run, class profiles and importance (mean of the top activations) of the real layers."""
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
        try:
            run = cnnvis.read(path)
            found = [run.statistics.unit(unit.id) for unit in run.graph.units]
        except (cnnvis.CnnvisError, ValueError, OSError) as error:
            print(f"{path.name} cannot be read, left out: {error}")
            continue
        present = run.statistics.class_images > 0
        for unit in found:
            top = np.where(np.isfinite(unit.top_value), np.maximum(unit.top_value, 0.0), 0.0).mean(axis=1)
            yield path.name, np.asarray(unit.after_mean[present].T, dtype=np.float64), top.astype(np.float64)


def real_tiles(count: int, real: list[tuple[str, np.ndarray, np.ndarray]]) -> dict[str, Tiles]:
    """Neurons of the layer in each run that has most, as many as wanted; runs without such a layer are left out."""
    found: dict[str, Tiles] = {}
    for run, profiles, importance in real:
        alive = np.flatnonzero(importance > 0)[:count]
        if len(alive) == count:
            found[run] = Tiles(importance[alive], profiles[alive])
    return found


# --- packing -----------------------------------------------------------------------------------------------------


def measure_packing(way: Way, tiles: Tiles, measured: Measured) -> None:
    count = len(tiles.importance)
    everything, reference = np.arange(count), float(np.median(tiles.importance))
    before, fill = way(tiles, everything, tiles.importance, reference)
    measured.fill.append(fill)
    for neuron in np.random.default_rng(0).choice(count, CHANGES):
        other = tiles.importance * np.where(everything == neuron, 1.4, 1.0)
        measured.changed.append(moved(before, way(tiles, everything, other, reference)[0]))
        kept = np.delete(everything, neuron)
        measured.removed.append(moved(before[kept], way(tiles, kept, tiles.importance[kept], reference)[0]))


def measure_ours(tiles: Tiles, measured: Measured) -> float:
    """Time the packing itself, see what `repack` moves, and return the rank correlation of sides."""
    tree, count = tiles.tree(), len(tiles.importance)
    everything, reference = np.arange(count), float(np.median(tiles.importance))
    times: list[float] = []
    for _ in range(REPEATS):
        started = perf_counter()
        packing = pack_hierarchy(tiles.importance, tree, reference=reference)
        times.append(perf_counter() - started)
    measured.seconds.append(statistics.median(times))
    for neuron in np.random.default_rng(0).choice(count, CHANGES):
        other = tiles.importance * np.where(everything == neuron, 1.4, 1.0)
        again = repack(packing, everything, other, tree=tree, reference=reference)
        measured.again.append(moved(centres(packing), centres(again)))
        kept = np.delete(everything, neuron)
        again = repack(packing, kept, other[kept], tree=tiles.tree(kept), reference=reference)
        measured.again.append(moved(centres(packing)[kept], centres(again)))
    if np.ptp(tiles.importance) == 0:
        return 1.0
    return float(spearmanr(packing.side, tiles.importance).statistic)


def packing_rows(real: list[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[Row]:
    found = ways()
    for count in COUNTS:
        kinds = random_tiles(count) | real_tiles(count, real)
        whole: dict[str, Measured] = {name: Measured() for name in found}
        ranks = [measure_ours(tiles, whole["hierarchical"]) for tiles in kinds.values()]
        for name, way in found.items():
            for tiles in kinds.values():
                measure_packing(way, tiles, whole[name])
            best = name == "hierarchical"
            least = min(whole[name].fill)
            title = f"{name}, {count} tiles"
            yield Row(name=f"fill, least of {len(kinds)} kinds, {title}", value=least, unit="", better="higher",
                      target=0.90 if best else None)  # fmt: skip
            yield Row(name=f"  mean, {title}", value=statistics.mean(whole[name].fill), unit="", target=None)
            for what, shares in (("changed", whole[name].changed), ("removed", whole[name].removed)):
                yield from moved_rows(f"one neuron {what}, {title}", shares)
        yield from moved_rows(f"one neuron changed or removed, repacked, {count} tiles", whole["hierarchical"].again)
        slowest = max(whole["hierarchical"].seconds)
        yield Row(name=f"packing, slowest kind, {count} tiles", value=slowest * 1000, unit="ms", target=20)
        yield Row(name=f"Spearman(side, importance), least, {count} tiles", value=min(ranks), unit="", target=0.95,
                  better="higher")  # fmt: skip


def moved_rows(title: str, shares: list[float]) -> Iterator[Row]:
    yield Row(name=f"  tiles moved, mean, {title}", value=100 * statistics.mean(shares), unit="%", target=None)
    yield Row(name=f"  tiles moved, p95, {title}", value=100 * float(np.percentile(shares, 95)), unit="%", target=None)


# --- reordering --------------------------------------------------------------------------------------------------


def matrices(real: list[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    groups = rng.normal(size=(40, 100)) * 1.5
    latent = np.maximum(rng.normal(size=(2048, 5)) @ rng.normal(size=(5, 100)), 0.0)
    yield "random normal", rng.normal(size=(2048, 100))
    yield "random in a plane", rng.random((2048, 2)) @ rng.normal(size=(2, 100))
    yield "random groups", groups[rng.integers(0, 40, 2048)] + rng.normal(size=(2048, 100))
    yield "random rectified", latent + 0.1 * rng.normal(size=(2048, 100))
    by_run: dict[str, list[np.ndarray]] = {}
    for run, profiles, _ in real:
        spread = profiles.std(axis=1, keepdims=True)
        alive = spread[:, 0] > 0
        by_run.setdefault(run, []).append(
            ((profiles - profiles.mean(axis=1, keepdims=True))[alive] / spread[alive])[:, :100]
        )
    for run, parts in by_run.items():
        rows = np.concatenate(parts[::-1])[:2048]
        if len(rows) >= 200:
            yield f"real {run} {rows.shape[0]} × {rows.shape[1]}", rows


def solved(rows: np.ndarray, seconds: float) -> float | None:
    """Length of the path by the dedicated solver, with a city more that is at distance 0 from all."""
    if not find_spec("fast_tsp"):
        return None
    import fast_tsp  # pyright: ignore[reportMissingImports]

    apart = distances(rows)
    closed = np.zeros((len(rows) + 1, len(rows) + 1), dtype=np.int64)
    closed[:-1, :-1] = np.rint(apart / apart.max() * 60_000)
    tour = fast_tsp.find_tour(closed, duration_seconds=seconds)
    cut = tour.index(len(rows))
    return path_length(rows, np.array(tour[cut + 1 :] + tour[:cut]))


def nearest_neighbour(rows: np.ndarray) -> np.ndarray:
    apart = distances(rows)
    np.fill_diagonal(apart, np.inf)
    order = [0]
    while len(order) < len(rows):
        apart[:, order[-1]] = np.inf
        order.append(int(apart[order[-1]].argmin()))
    return np.array(order)


def reorder_rows(real: list[tuple[str, np.ndarray, np.ndarray]], seconds: float) -> Iterator[Row]:
    if not find_spec("fast_tsp"):
        print("fast-tsp is not installed: no path to compare with.")
    for name, rows in matrices(real):
        path_order(rows[:50])
        started = perf_counter()
        order = path_order(rows)
        took = perf_counter() - started
        length = path_length(rows, order)
        best = solved(rows, seconds)
        yield Row(name=f"reordering, {name}", value=took, unit="s", target=1.0)
        if best is not None:
            yield Row(name=f"  path / solver's {seconds:g} s, {name}", value=length / best, unit="x", target=1.03)
        others: dict[str, Callable[[], np.ndarray]] = {
            "first search alone": lambda rows=rows: path_order(rows, effort=0.0),
            "optimal leaf order": lambda rows=rows: leaves_list(
                optimal_leaf_ordering(linkage(rows, "average"), pdist(rows))
            ),
            "nearest neighbour": lambda rows=rows: nearest_neighbour(rows),
            "as given": lambda rows=rows: np.arange(len(rows)),
            "shuffled": lambda rows=rows: np.random.default_rng(0).permutation(len(rows)),
        }
        for other, make in others.items():
            started = perf_counter()
            made = make()
            yield Row(name=f"  {other} / ours, {name}", value=path_length(rows, made) / length, unit="x", target=None)
            yield Row(name=f"    seconds, {other}, {name}", value=perf_counter() - started, unit="s", target=None)


def class_rows() -> Iterator[Row]:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(60, 2048))[rng.integers(0, 60, 1000)] + rng.normal(size=(1000, 2048))
    started = perf_counter()
    tree = class_tree(columns)
    order = leaf_order(tree, columns)
    groups = class_groups(tree, order)
    yield Row(name="class order, 1000 × 2048", value=perf_counter() - started, unit="s", target=2.0)
    length = path_length(columns, order)
    yield Row(name="  alphabetical / ours", value=path_length(columns, np.arange(1000)) / length, unit="x", target=None)
    yield Row(name="  tree's own order / ours", value=path_length(columns, leaves_list(tree)) / length, unit="x",
              target=None)  # fmt: skip
    yield Row(name="  class groups", value=len(groups), unit="", target=40)
    yield Row(name="  largest", value=max(group.classes for group in groups), unit="classes", target=None)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder with run folders (default: runs)")
    parser.add_argument("--long", action="store_true", help="give the path solver 60 seconds per matrix")
    parser.add_argument("--only", choices=("packing", "reordering"))
    chosen = parser.parse_args()
    real = list(layers(chosen.runs))
    rows: list[Row] = []
    if chosen.only != "reordering":
        rows += packing_rows(real)
    if chosen.only != "packing":
        rows += class_rows()
        rows += reorder_rows(real, 60.0 if chosen.long else 2.0)
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
