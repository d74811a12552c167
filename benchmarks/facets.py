"""Packing and reordering beside what one would use instead, on random and real data (design, section 6).

The real importances and class profiles are those of trained networks of the shared data, where it is there, or of the
runs in `--runs FOLDER`. squarify and rectpack are used where installed (`pip install '.[bench]'`); the path solver's
lengths are stored, `--solve SECONDS` lets fast-tsp find them anew. Times are the processor's, so that other programs on
the machine do not count.
"""

import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from time import process_time

import numpy as np
from _class_order import class_rows, named_class_rows
from _runs import real_runs
from _solver import all_stored, fingerprint, solve
from _table import Row, arguments, report
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

import cnnvis
from cnnvis.analysis.pack import Packing, neuron_sides, pack_grid, pack_hierarchy, repack, typical_importance
from cnnvis.analysis.reorder import path_length, path_order
from cnnvis.analysis.reorder.distances import distances

COUNTS = (20, 30, 50, 100, 200, 500)
REPEATS = 3
DRAWS = 5
"""Random importances of each kind that ours packs; the others, which take longer, pack the first."""
CHANGES = 8
CHANGES_OF_OTHERS = 2
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


def random_tiles(count: int, draw: int = 0) -> dict[str, Tiles]:
    rng = np.random.default_rng((count, draw))
    groups = max(1, count // 15)
    features = rng.normal(size=(groups, 8))[rng.integers(0, groups, count)] * 3 + rng.normal(size=(count, 8))
    kinds = {
        "uniform": rng.random(count),
        "exponential": rng.exponential(1.0, count),
        "lognormal": rng.lognormal(0.0, 1.0, count),
        "gamma": rng.gamma(3.0, 1.0, count),
        "nearly equal": rng.gamma(20.0, 1.0, count),
        "two levels": np.where(rng.random(count) < 0.3, 3.0, 1.0),
        "equal": np.ones(count),
    }
    return {name: Tiles(importance, features) for name, importance in kinds.items()}


def layers(folders: list[Path]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield run, class profiles and importance (mean of the top activations) of the real layers."""
    for path in folders:
        try:
            run = cnnvis.read(path)
            found = [run.statistics.unit(unit.id) for unit in run.graph.units]
        except (cnnvis.CnnvisError, ValueError, OSError) as error:
            print(f"{path.name} cannot be read, left out: {error}")
            continue
        present = run.statistics.class_images > 0
        for unit in found:
            if not np.isfinite(unit.after_mean[present]).all():
                continue  # nothing comes after the non-linearity there
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


def measure_packing(way: Way, tiles: Tiles, measured: Measured, changes: int) -> None:
    count = len(tiles.importance)
    everything, reference = np.arange(count), typical_importance(tiles.importance)
    before, fill = way(tiles, everything, tiles.importance, reference)
    measured.fill.append(fill)
    for neuron in np.random.default_rng(0).choice(count, changes):
        other = tiles.importance * np.where(everything == neuron, 1.4, 1.0)
        measured.changed.append(moved(before, way(tiles, everything, other, reference)[0]))
        kept = np.delete(everything, neuron)
        measured.removed.append(moved(before[kept], way(tiles, kept, tiles.importance[kept], reference)[0]))


def measure_again(tiles: Tiles, measured: Measured) -> None:
    """See what `repack` moves."""
    tree, everything = tiles.tree(), np.arange(len(tiles.importance))
    reference = typical_importance(tiles.importance)
    packing = pack_hierarchy(tiles.importance, tree, reference=reference)
    for neuron in np.random.default_rng(0).choice(len(everything), CHANGES):
        other = tiles.importance * np.where(everything == neuron, 1.4, 1.0)
        again = repack(packing, everything, other, tree=tree, reference=reference)
        measured.again.append(moved(centres(packing), centres(again)))
        kept = np.delete(everything, neuron)
        again = repack(packing, kept, other[kept], tree=tiles.tree(kept), reference=reference)
        measured.again.append(moved(centres(packing)[kept], centres(again)))


def allowed_by_clamp(importance: np.ndarray) -> float:
    """Highest rank correlation that any sides of 1 : 4 can have: the rest of the range is cut off."""
    positive = importance[importance > 0]
    if np.ptp(importance) == 0:
        return 1.0
    sides = [np.clip(importance / typical * 2, 1, 4) for typical in np.quantile(positive, np.linspace(0.0, 1.0, 99))]
    return max(float(spearmanr(side, importance).statistic) for side in sides if np.ptp(side) > 0)


def ours_alone(many: list[Tiles], title: str) -> Iterator[Row]:
    """Fill, rank correlation and time of the hierarchical packing, over many importances."""
    fills: list[float] = []
    ranks: list[float] = []
    times: list[float] = []
    for tiles in many:
        tree = tiles.tree()
        taken: list[float] = []
        for _ in range(REPEATS):
            started = process_time()
            packing = pack_hierarchy(tiles.importance, tree)
            taken.append(process_time() - started)
        # The work is the same each time: what takes longer is another program's.
        times.append(min(taken))
        fills.append(fill_in_shape(float((packing.side**2).sum()), packing.width, packing.height))
        if allowed_by_clamp(tiles.importance) >= 0.95:
            equal = np.ptp(tiles.importance) == 0
            ranks.append(1.0 if equal else float(spearmanr(packing.side, tiles.importance).statistic))
    title = f"{len(many)} importances, {title}"
    yield Row(name=f"fill, least of {title}", value=min(fills), unit="", target=0.90, better="higher")
    yield Row(name=f"  mean of {title}", value=statistics.mean(fills), unit="", target=None)
    yield Row(name=f"  Spearman(side, importance), least of {title}", value=min(ranks), unit="", target=0.95,
              better="higher")  # fmt: skip
    yield Row(
        name="    left out, since no sides of 1 : 4 reach 0.95", value=len(many) - len(ranks), unit="", target=None
    )
    yield Row(name=f"  slowest of {title}", value=1000 * max(times), unit="ms", target=20)
    yield Row(name=f"  median of {title}", value=1000 * statistics.median(times), unit="ms", target=None)


def packing_rows(real: list[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[Row]:
    found = ways()
    for count in COUNTS:
        kinds = random_tiles(count) | real_tiles(count, real)
        more = [tiles for draw in range(1, DRAWS) for tiles in random_tiles(count, draw).values()]
        yield from ours_alone([*kinds.values(), *more], f"hierarchical, {count} tiles")
        for name, way in found.items():
            measured = Measured()
            for tiles in kinds.values():
                measure_packing(way, tiles, measured, CHANGES if way is ours else CHANGES_OF_OTHERS)
                if way is ours:
                    measure_again(tiles, measured)
            title = f"{len(kinds)} importances, {name}, {count} tiles"
            yield Row(name=f"  fill, least of {title}", value=min(measured.fill), unit="", target=None)
            yield Row(name=f"  fill, mean of {title}", value=statistics.mean(measured.fill), unit="", target=None)
            yield from moved_rows(f"one neuron changed, {title}", measured.changed)
            yield from moved_rows(f"one neuron removed, {title}", measured.removed)
            if measured.again:
                yield from moved_rows(f"one neuron changed or removed, repacked, {title}", measured.again)


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


def solved(name: str, rows: np.ndarray, seconds: float | None) -> float | None:
    """Length of the dedicated solver's path: the shortest stored one, after trying again on request."""
    if seconds is not None and solve(name, rows, seconds) is None:
        print("fast-tsp is not installed: stored lengths only.")
    known = all_stored().get(fingerprint(rows))
    return None if known is None else float(known["length"])


def nearest_neighbour(rows: np.ndarray) -> np.ndarray:
    apart = distances(rows)
    np.fill_diagonal(apart, np.inf)
    order = [0]
    while len(order) < len(rows):
        apart[:, order[-1]] = np.inf
        order.append(int(apart[order[-1]].argmin()))
    return np.array(order)


def reorder_rows(real: list[tuple[str, np.ndarray, np.ndarray]], seconds: float | None) -> Iterator[Row]:
    for name, rows in matrices(real):
        path_order(rows[:50])
        started = process_time()
        order = path_order(rows)
        took = process_time() - started
        length = path_length(rows, order)
        best = solved(name, rows, seconds)
        yield Row(name=f"reordering, {name}", value=took, unit="s", target=1.0)
        if best is not None:
            yield Row(name=f"  path / dedicated solver's, {name}", value=length / best, unit="x", target=1.03)
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
            started = process_time()
            made = make()
            yield Row(name=f"  {other} / ours, {name}", value=path_length(rows, made) / length, unit="x", target=None)
            yield Row(name=f"    seconds, {other}, {name}", value=process_time() - started, unit="s", target=None)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=Path, help="folder with run folders (default: trained networks, made if needed)")
    parser.add_argument("--solve", type=float, metavar="SECONDS", help="let the path solver try each matrix so long")
    parser.add_argument("--only", choices=("packing", "reordering"))
    chosen = parser.parse_args()
    if chosen.runs and not chosen.runs.is_dir():
        parser.error(f"there is no folder {chosen.runs}")
    folders = sorted(chosen.runs.iterdir()) if chosen.runs else real_runs()
    real = list(layers(folders))
    rows: list[Row] = []
    if chosen.only != "reordering":
        rows += packing_rows(real)
    if chosen.only != "packing":
        rows += class_rows()
        rows += named_class_rows({folder.name: folder for folder in folders}, real)
        rows += reorder_rows(real, chosen.solve)
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
