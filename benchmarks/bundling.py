"""Bundling beside other ways to draw the same connections, and the order of clusters beside none (design, section 6).

Everything is laid out as the page does it and measured on the curves that are drawn: crossings (pairs of curves that
cross), ink (pixels that at least one curve of a pixel's width passes), and the weight that is carried, in
bundles and in all. Real runs are made from the shared data where that is (`_runs.py`), and random matrices are drawn
between two columns of equal cards. Times are of the process, on one thread; `--run FOLDER` adds a run. Of a run they
are of what the product does once clusters and the matrices between neurons are there: weights between clusters, both
orders, bundling. An opened run shows all of its blocks and begins with the order of the columns before.

- none: a curve for each kept connection
- co-clustering: every cluster in exactly one block (scikit-learn's SpectralCoclustering); links outside stay single
- hierarchical: every connection led through a tree of both columns' clusters as a B-spline (Holten 2006); a piece of
  the way that several share is hardly more ink. There are as many connections to follow, and where they run together
  one cannot see which clusters are connected and which are not.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import msgspec
import numpy as np
from _other_ways import best_blocks, spline, tree_places
from _runs import NAMES, ROOT, real_run
from _table import Row, arguments, report

from cnnvis.analysis.arrange import Arrangement, arrange, moved
from cnnvis.analysis.bundle import keep
from cnnvis.compose.cluster_links import ClusterLinks, Links, Pairs
from cnnvis.compose.connection_modes import Modes
from cnnvis.compose.connection_scene import draw_connections
from cnnvis.compose.linked import Linked, columns_of, link_columns
from cnnvis.compose.one_thread import on_one_thread
from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import SHARE, BundleScene, ConnectionMode, ConnectionScene, CurveScene, GapScene
from cnnvis.schema.scene import Clustering, ClusterScene, LayerScene, PackingScene
from cnnvis.store.reader import Run, read_run

Matrix = np.ndarray
Answer = Mapping[str, Any]
"""What the page's layout says, by drawing: strands, boxes, milliseconds."""
BUILD = """
const { build } = await import("vite");
const [entry, outDir] = process.argv.slice(-2);
await build({
  root: ".", logLevel: "error", publicDir: false,
  build: { ssr: entry, outDir, emptyOutDir: true, rollupOptions: { output: { entryFileNames: "layout.mjs" } } },
});
"""
TRIES = 3
"""Times that a run's connections are made: other work on the machine only adds."""
STEPS = 24
"""Places per column at which curves are compared."""


@dataclass(frozen=True)
class Picture:
    """Columns with their connections, to be drawn in several ways."""

    name: str
    linked: Linked
    limit: float
    """Milliseconds that bundling, order and layout may take."""
    link: Callable[[], Linked] | None = None
    """Does again what a run's connections take before they are drawn."""
    studio: Studio | None = None
    """Of a real run; None: columns of equal cards."""


@dataclass(frozen=True)
class Measured:
    """What is measured of a drawing."""

    curves: int
    crossings: float
    ink: int


def plain_layer(name: str, count: int) -> LayerScene:
    packing = PackingScene(importance="activation", width=1, height=1, smallest=1, x=(0,), y=(0,), side=(1,))
    clusters = tuple(
        ClusterScene(id=f"c{place}", title="", classes=(), never_active=False, agreement=None, profile=(),
                     neurons=(place,), sprites=(None,), packings=(packing,))
        for place in range(count)
    )  # fmt: skip
    clustering = Clustering(method="ward", k=count, automatic=True, feature="", silhouette=None, stability=None)
    return LayerScene(layer=name, clustering=clustering, clusters=clusters, atlas=None)


def random_picture(name: str, weights: Matrix) -> Picture:
    layers = [plain_layer(f"l{number}", count) for number, count in enumerate(weights.shape)]
    pairs: Pairs = {(0, 1): Links(positive=np.maximum(weights, 0), negative=np.minimum(weights, 0))}
    columns = tuple(columns_of(layers, {}))
    modes = Modes(available=("weights",), stored=("weights",), absent=(), contribution=None, check=None)
    given = Linked(columns=columns, mode="weights", modes=modes, pairs=pairs, arrangement=in_given_order(columns),
                   shared=(), warning="")  # fmt: skip
    return Picture(name, given, 500.0)


def in_given_order(columns: Sequence[object]) -> Arrangement:
    orders = tuple(np.arange(len(column.clusters)) for column in columns)  # pyright: ignore[reportAttributeAccessIssue]
    return Arrangement(orders=orders, crossings=0.0, unordered=0.0, moved=None)


def strong(links: Links) -> dict[tuple[int, int], Matrix]:
    """The connections that are drawn by default, for the order."""
    positive, negative = (np.where(keep(one, SHARE), one, 0.0) for one in (links.positive, links.negative))
    return {(0, 1): positive - negative}


def pictures(names: Sequence[str], more: Sequence[Path]) -> Iterator[Picture]:
    """Yield random matrices, and the runs of these networks and in these folders."""
    for size in (12, 20, 40, 60):
        yield random_picture(f"signed {size} × {size}", np.random.default_rng(size).normal(size=(size, size)))
    for tenths in range(2, 10):
        rng = np.random.default_rng(tenths)
        dense = rng.random((60, 60)) * (rng.random((60, 60)) < tenths / 10)
        yield random_picture(f"one sign, 60 × 60, density 0.{tenths}", dense)
    runs = {name: run for name in names if (run := real_run(name)) is not None}
    for name, run in (runs | {path.name: read_run(path) for path in more}).items():
        yield from real_pictures(name, run)


def real_pictures(name: str, run: Run) -> Iterator[Picture]:
    studio = Studio(run, identity=name)
    layers = [studio.layer(unit) for unit in studio.columns()]
    modes: tuple[ConnectionMode, ...] = ("weights", "contribution")
    for mode in modes:
        link = linking(run, layers, mode)
        yield Picture(f"{name}, {mode}", link(), 50.0, link, studio)


def linking(
    run: Run, layers: Sequence[LayerScene], mode: ConnectionMode, earlier: Mapping[str, Sequence[str]] | None = None
) -> Callable[[], Linked]:
    """Return what links these columns a few times, with nothing known but the matrices between neurons."""
    fresh = [ClusterLinks(run) for _ in range(TRIES + 1)]
    for each in fresh:
        each.gaps([layer.layer for layer in layers])
    return lambda: link_columns(fresh.pop(), layers, {}, mode=mode, earlier=earlier)


def opened(picture: Picture) -> Iterator[Row]:
    """Yield what a run takes of which all blocks are shown."""
    studio = picture.studio
    if studio is None or picture.linked.mode != "weights":
        return
    blocks = [block.layer for group in studio.scene.groups for block in group.blocks]
    layers = studio.links.layers([*studio.columns(), *blocks])
    link = linking(studio.run, layers, "weights", picture.linked.shared_by_layer)
    yield Row(name=f"{picture.name}, {len(layers)} columns: order and bundling", value=taken(link), unit="ms",
              target=picture.limit)  # fmt: skip


def taken(link: Callable[[], Linked]) -> float:
    """Return the milliseconds that a run's connections take, the least of a few."""
    times: list[float] = []
    for _ in range(TRIES):
        begin = process_time()
        draw_connections(link())
        times.append(1000 * (process_time() - begin))
    return min(times)


def ordered(picture: Picture) -> tuple[Linked, float]:
    """Return a picture in its order, and the milliseconds that order and bundling take."""
    if picture.link is not None:
        return picture.linked, taken(picture.link)
    begin = process_time()
    heights = [column.heights for column in picture.linked.columns]
    linked = replace(picture.linked, arrangement=arrange(heights, strong(picture.linked.pairs[0, 1])))
    draw_connections(linked)
    return linked, 1000 * (process_time() - begin)


def neighbours(scene: ConnectionScene) -> ConnectionScene:
    return msgspec.structs.replace(scene, gaps=tuple(gap for gap in scene.gaps if gap.target == gap.source + 1))


def with_blocks(scene: ConnectionScene, linked: Linked, *, grouped: bool) -> ConnectionScene:
    """Draw the kept connections between neighbours one by one, or in the blocks of a co-clustering."""
    gaps: list[GapScene] = []
    for gap in neighbours(scene).gaps:
        links = linked.pairs[gap.source, gap.target]
        ends = [[cluster.id for cluster in linked.columns[place].clusters] for place in (gap.source, gap.target)]
        whole = float(links.positive.sum() - links.negative.sum())
        bundles: list[BundleScene] = []
        curves: list[CurveScene] = []
        for sign, values in ((1, links.positive), (-1, -links.negative)):
            kept = np.where(keep(values, SHARE), values, 0.0)
            rest = kept > 0
            for sources, targets in best_blocks(kept) if grouped else []:
                block = kept[np.ix_(sources, targets)] * gap.part / whole
                rest[np.ix_(sources, targets)] = False
                bundles.append(
                    BundleScene(
                        id=f"{sign}{sources}{targets}", sign=sign, share=float(block.sum()), coherence=1.0,
                        sources=tuple(ends[0][place] for place in sources),
                        targets=tuple(ends[1][place] for place in targets),
                        source_shares=tuple(block.sum(axis=1).tolist()),
                        target_shares=tuple(block.sum(axis=0).tolist()),
                    )
                )  # fmt: skip
            curves += [
                CurveScene(source=ends[0][a], target=ends[1][b], sign=sign,
                           share=float(kept[a, b]) * gap.part / whole)
                for a, b in np.argwhere(rest).tolist()
            ]  # fmt: skip
        gaps.append(msgspec.structs.replace(gap, bundles=tuple(bundles), curves=tuple(curves)))
    return msgspec.structs.replace(scene, gaps=tuple(gaps))


def drawings(picture: Picture, linked: Linked) -> dict[str, ConnectionScene]:
    everything = draw_connections(linked, most=None)
    given = draw_connections(replace(linked, arrangement=in_given_order(linked.columns)), most=None)
    found = {
        "ours": neighbours(everything),
        "ours, clusters as found": neighbours(given),
        "at most 60": neighbours(draw_connections(linked)),
        "none": with_blocks(everything, linked, grouped=False),
        "co-clustering": with_blocks(everything, linked, grouped=True),
    }
    return found if picture.studio is None else found | {"whole picture": draw_connections(linked)}


def laid_out(drawn: list[tuple[Picture, dict[str, ConnectionScene]]]) -> list[Answer]:
    """Lay out all drawings by the page's own code."""
    asked = [
        {
            "scene": None if picture.studio is None else picture.studio.scene,
            "layers": []
            if picture.studio is None
            else [picture.studio.layer(column.layer) for column in picture.linked.columns],
            "drawings": scenes,
        }
        for picture, scenes in drawn
    ]
    with tempfile.TemporaryDirectory() as folder:
        entry = str(ROOT / "benchmarks" / "bundling_layout.ts")
        command = ["node", "--input-type=module", "-e", BUILD, "--", entry, folder]
        subprocess.run(command, cwd=ROOT / "web", check=True)
        answer = subprocess.run(
            ["node", str(Path(folder) / "layout.mjs")],
            input=msgspec.json.encode(asked),
            capture_output=True,
            check=True,
        )
    return json.loads(answer.stdout)


def polyline(points: Sequence[float]) -> Matrix:
    """Return a curve of Bézier pieces as many short lines; x grows along it."""
    t = np.linspace(0.0, 1.0, 25)[:, None]
    at = np.array(points).reshape(-1, 2)
    parts = [
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        for a, b, c, d in (at[first : first + 4] for first in range(0, len(at) - 3, 3))
    ]
    return np.concatenate(parts)


def measured(lines: Sequence[Matrix], columns: int) -> Measured:
    """Measure a drawing of curves from left to right."""
    if not lines:
        return Measured(0, 0.0, 0)
    begin, end = min(float(line[0, 0]) for line in lines), max(float(line[-1, 0]) for line in lines)
    grid = np.linspace(begin, end, STEPS * columns + 1)
    heights = np.full((len(lines), len(grid)), np.nan)
    for row, line in enumerate(lines):
        inside = (grid >= line[0, 0] - 1e-6) & (grid <= line[-1, 0] + 1e-6)
        heights[row, inside] = np.interp(grid[inside], np.maximum.accumulate(line[:, 0]), line[:, 1])
    crossed = np.zeros((len(lines), len(lines)), dtype=bool)
    with np.errstate(invalid="ignore"):  # where one of two is not, they are on no side of each other
        for before, after in pairwise(heights.T):
            crossed |= (before[:, None] - before) * (after[:, None] - after) < 0
    total = float(crossed.sum() / 2)
    pixels = set[tuple[int, int]]()
    for line in lines:
        lengths = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
        along = np.arange(0.0, lengths[-1], 0.7)
        at = np.stack([np.interp(along, lengths, line[:, axis]) for axis in (0, 1)], axis=1)
        pixels.update(map(tuple, np.rint(at).astype(int).tolist()))
    return Measured(len(lines), total, len(pixels))


def hierarchical(scene: ConnectionScene, linked: Linked, boxes: Sequence[Mapping[str, object]]) -> Iterator[Matrix]:
    """Lead each kept connection between neighbours up one side's tree and down the other's, as a smooth curve."""
    at = {(box["layer"], box["cluster"]): box for box in boxes}
    for gap in neighbours(scene).gaps:
        links = linked.pairs[gap.source, gap.target]
        signs = [np.where(keep(values, SHARE), np.abs(values), 0.0) for values in (links.positive, links.negative)]
        kept = signs[0] + signs[1]
        sides = [linked.columns[gap.source], linked.columns[gap.target]]
        ends = [[at[side.layer, cluster.id] for cluster in side.clusters] for side in sides]
        edges = (float(ends[0][0]["right"]), float(ends[1][0]["left"]))  # pyright: ignore[reportArgumentType]
        places: list[list[list[tuple[float, float]]]] = []
        for side, weights in enumerate((kept, kept.T)):
            heights = [(float(box["top"]) + float(box["bottom"])) / 2 for box in ends[side]]  # pyright: ignore[reportArgumentType]
            places.append(tree_places(weights, heights, edges, from_right=bool(side)))
        for _, source, target in np.argwhere(np.stack(signs)).tolist():
            yield spline(np.array(places[0][source] + places[1][target][::-1]))


def rows(
    picture: Picture, linked: Linked, took: float, scenes: Mapping[str, ConnectionScene], answer: Answer
) -> Iterator[Row]:
    columns = len(linked.columns) - 1
    exact = all(gap.exact for gap in scenes["ours"].gaps)
    page = answer["whole picture" if "whole picture" in answer else "ours"]["milliseconds"]
    yield Row(name=f"{picture.name}: order, bundling and layout{'' if exact else ' (bounded search)'}",
              value=took + page, unit="ms", target=picture.limit)  # fmt: skip
    found = {name: measured([polyline(one) for one in each["strands"]], columns) for name, each in answer.items()}
    found["hierarchical"] = measured(list(hierarchical(scenes["ours"], linked, answer["none"]["boxes"])), columns)
    yield Row(name="  crossings, clusters as found / ours",
              value=found["ours, clusters as found"].crossings / max(found["ours"].crossings, 1.0),
              unit="x", target=None)  # fmt: skip
    for name, one in found.items():
        if name == "ours, clusters as found":
            continue
        most = found["none"].curves if name == "ours" else None
        yield Row(name=f"  curves, {name}", value=one.curves, unit="", target=most)
        yield Row(name=f"    crossings, {name}", value=one.crossings, unit="", target=None)
        yield Row(name=f"    ink, {name}", value=one.ink / 1000, unit="1000 px", target=None)
        if name in scenes:
            yield from carried(name, scenes[name])


def carried(name: str, scene: ConnectionScene) -> Iterator[Row]:
    parts = sum(gap.part for gap in scene.gaps) or 1.0
    bundled = sum(one.share for gap in scene.gaps for one in gap.bundles)
    drawn = sum(one.share for gap in scene.gaps for one in (*gap.bundles, *gap.curves, *gap.trunks))
    yield Row(name=f"    weight drawn, {name}", value=100 * drawn / parts, unit="%", target=None)
    yield Row(name=f"    weight in bundles, {name}", value=100 * bundled / parts, unit="%", target=None)


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
    ratio = warm.crossings / cold.crossings
    yield Row(name="  crossings / without the earlier order", value=ratio, unit="x", target=1.1)


def switching(found: Sequence[Picture]) -> Iterator[Row]:
    """Real runs: what moves when the meaning is switched, and what that costs in crossings."""
    real = [picture for picture in found if picture.studio is not None]
    for one, other in zip(real[::2], real[1::2], strict=True):
        pairs = zip(one.linked.arrangement.orders, other.linked.arrangement.orders, strict=True)
        changed = sum(moved(np.argsort(before).astype(float), after) for before, after in pairs)
        clusters = sum(len(column.clusters) for column in one.linked.columns)
        name = one.name.partition(",")[0]
        yield Row(name=f"{name}: of {clusters} clusters move from one meaning to the other", value=changed, unit="",
                  target=max(1, clusters // 10))  # fmt: skip
        for picture in (one, other):
            heights = [column.heights for column in picture.linked.columns]
            alone = arrange(heights, {at: strong(links)[0, 1] for at, links in picture.linked.pairs.items()})
            ratio = picture.linked.arrangement.crossings / max(alone.crossings, 1e-9)
            yield Row(name=f"  crossings / in an order of its own, {picture.linked.mode}", value=ratio, unit="x",
                      target=1.25)  # fmt: skip


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--run", type=Path, action="append", default=[], metavar="FOLDER", help="add a run")
    parser.add_argument("names", nargs="*", default=list(NAMES), metavar="NAME", help=", ".join(NAMES))
    chosen = parser.parse_args()
    with on_one_thread():
        found = list(pictures(chosen.names, chosen.run))
        done = [(picture, *ordered(picture)) for picture in found]
        shown = [row for picture in found for row in opened(picture)]
        drawn = [(picture, drawings(picture, linked)) for picture, linked, _ in done]
    answers = laid_out(drawn)
    table = [
        row
        for (picture, linked, took), (_, scenes), answer in zip(done, drawn, answers, strict=True)
        for row in rows(picture, linked, took, scenes, answer)
    ]
    report([*table, *shown, *steadiness(), *switching(found)], chosen.json)


if __name__ == "__main__":
    main()
