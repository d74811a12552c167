"""The strongest way from a class or a cluster backwards to the first column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from cnnvis.compose.cluster_links import Pairs
from cnnvis.compose.connection_scene import Column, Linked
from cnnvis.compose.logits import logits_unit
from cnnvis.schema.connection_scene import PathScene, PathStop, StopChoice
from cnnvis.store.reader import Run

MOST_ALTERNATIVES = 3

Place = tuple[int, int]
"""A column and a cluster in it."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """Clusters from the first column to the start, each with its share of what excites the next one."""

    places: tuple[Place, ...]
    shares: tuple[float, ...]


def build_path(run: Run, linked: Linked, *, start: int | tuple[str, str]) -> PathScene:
    """Return the way backwards along which most of the excitation comes (issue: trace a path).

    Of all that excites a cluster, each earlier cluster gives a share; the way with the greatest product of shares is
    the strongest. A class starts at the cluster of the last column before the answers that contributes most to it.

    Args:
        run: The run.
        linked: The columns and the connections between them.
        start: Index of a class, or ids of a layer and of its cluster.

    Raises:
        KeyError: There is no such class, layer or cluster.

    """
    shares = incoming_shares(linked.pairs, [_neurons(column) for column in linked.columns])
    ends, words = _start(run, linked.columns, start)
    way = strongest_way(shares, ends)
    stops: list[PathStop] = []
    after: Place | None = None
    for place, share in zip(reversed(way.places), reversed(way.shares), strict=True):
        rivals = ends if after is None else shares.get(after, {})
        stops.append(_stop(linked.columns, place, share, rivals))
        after = place
    return PathScene(start=words, mode=linked.mode, stale=linked.stale, stops=tuple(stops))


def _neurons(column: Column) -> Int[np.ndarray, " clusters"]:
    return np.array([len(cluster.neurons) for cluster in column.clusters], np.int64)


def incoming_shares(pairs: Pairs, neurons: Sequence[Int[np.ndarray, " _"]]) -> dict[Place, dict[Place, float]]:
    """Return for every cluster the share of its excitation that comes from each earlier cluster.

    Connections are means over pairs of neurons: a cluster of many neurons gives as many times more.

    Args:
        pairs: Connections between the columns.
        neurons: How many each cluster has, per column.

    """
    found: dict[Place, dict[Place, float]] = {}
    for target, column in enumerate(neurons):
        arriving = [
            (source, links.positive * neurons[source][:, None])
            for (source, into), links in sorted(pairs.items())
            if into == target
        ]
        for cluster in range(len(column)):
            given = {
                (source, place): float(strength)
                for source, strengths in arriving
                for place, strength in enumerate(strengths[:, cluster].tolist())
                if strength > 0
            }
            whole = sum(given.values())
            if whole > 0:
                found[target, cluster] = {place: strength / whole for place, strength in given.items()}
    return found


def strongest_way(shares: Mapping[Place, Mapping[Place, float]], ends: Mapping[Place, float]) -> Way:
    """Return the way with the greatest product of shares that ends in one of ``ends``.

    A way begins where nothing excites a cluster, in the first column where any way leads there: one that breaks off
    has fewer shares to multiply and would else win. Ties go to the earlier column and cluster.

    Args:
        shares: For a cluster, the share of each earlier one; earlier columns have smaller numbers.
        ends: Clusters to end in, with their shares.

    """
    best: dict[Place, _Best] = {}
    for place in sorted({*shares, *ends, *(source for given in shares.values() for source in given)}):
        choices = shares.get(place, {})
        before = _strongest(choices, best)
        best[place] = (
            _Best(whole=place[0] == 0, product=1.0, before=None)
            if before is None
            else _Best(whole=best[before].whole, product=choices[before] * best[before].product, before=before)
        )
    at = _strongest(ends, best)
    if at is None:
        return Way(places=(), shares=())
    places: list[Place] = []
    given: list[float] = [ends[at]]
    while at is not None:
        places.append(at)
        before = best[at].before
        if before is not None:
            given.append(shares[at][before])
        at = before
    return Way(places=tuple(reversed(places)), shares=tuple(reversed(given)))


@dataclass(frozen=True, kw_only=True)
class _Best:
    """The strongest way to a cluster."""

    whole: bool
    """Whether it begins in the first column."""
    product: float
    before: Place | None


def _strongest(choices: Mapping[Place, float], best: Mapping[Place, _Best]) -> Place | None:
    """Return the choice with the strongest way to it; None without a choice."""
    return min(
        choices, key=lambda place: (not best[place].whole, -choices[place] * best[place].product, place), default=None
    )


def _start(run: Run, columns: Sequence[Column], start: int | tuple[str, str]) -> tuple[dict[Place, float], str]:
    """Return the clusters that the way may end in, with their shares, and what it leads to in words."""
    if isinstance(start, int):
        if not 0 <= start < len(run.file.classes):
            raise KeyError(start)
        images = int(run.statistics.class_images[start])
        unseen = "" if images else ", of which there is no image"
        return _class_ends(run, columns, start), f"the class “{run.file.classes[start]}”{unseen}"
    layer, identity = start
    for number, column in enumerate(columns):
        for place, cluster in enumerate(column.clusters):
            if (column.layer, cluster.id) == (layer, identity):
                return {(number, place): 1.0}, f"“{cluster.title}” in {column.title}"
    raise KeyError(identity)


def _class_ends(run: Run, columns: Sequence[Column], label: int) -> dict[Place, float]:
    """Return what each cluster of the last column before the answers gives to a class.

    By contributions where the run has them, else by how active the cluster is for the class.
    """
    # The answers are not a stop: they are the class itself.
    answers = logits_unit(run.graph)
    before = [place for place, column in enumerate(columns) if column.layer != answers]
    if not before:
        return {}
    last = before[-1]
    values = _for_class(run, columns[last].layer, label)
    given = {
        (last, place): float(np.maximum(values[list(cluster.neurons)], 0).sum())
        for place, cluster in enumerate(columns[last].clusters)
    }
    whole = sum(given.values())
    return {place: strength / whole for place, strength in given.items() if strength > 0} if whole > 0 else {}


def _for_class(run: Run, layer: str, label: int) -> Float[np.ndarray, " neurons"]:
    if run.contributions is not None and layer in run.contributions.units:
        return np.nan_to_num(run.contributions.values(layer)[label].astype(np.float64))
    statistics = run.statistics.unit(layer)
    raised = statistics.after_mean[label].astype(np.float64) - statistics.mean
    return np.nan_to_num(raised / np.maximum(statistics.std, 1e-12))


def _stop(columns: Sequence[Column], place: Place, share: float, rivals: Mapping[Place, float]) -> PathStop:
    column, cluster = place
    others = sorted((other for other in rivals if other[0] == column and other != place), key=lambda one: -rivals[one])
    return PathStop(
        column=column,
        layer=columns[column].layer,
        cluster=columns[column].clusters[cluster].id,
        share=share,
        alternatives=tuple(
            StopChoice(cluster=columns[column].clusters[other[1]].id, share=rivals[other])
            for other in others[:MOST_ALTERNATIVES]
        ),
    )
