"""The strongest way from a class or a cluster backwards to the first column."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from cnnvis.compose.cluster_links import Pairs
from cnnvis.compose.linked import Column, Linked
from cnnvis.compose.logits import logits_unit
from cnnvis.schema.connection_scene import PathScene, PathStop, StopChoice
from cnnvis.store.reader import Run

MOST_ALTERNATIVES = 4
_ROUNDING = 1 - 1e-9

Place = tuple[int, int]
"""A column and a cluster in it."""
Shares = Mapping[Place, Mapping[Place, float]]
"""For a cluster, the share of each earlier one in what excites it."""


def build_path(run: Run, linked: Linked, *, start: int | tuple[str, str]) -> PathScene:
    """Return the way backwards that most of the excitation comes from.

    Of all that excites a cluster, each earlier cluster gives a share. At each stop the way goes to the nearest column
    that gives at least its even share, and there to the cluster that gives most: it follows the network and leaves out
    only columns that matter little. Neither the number of stops nor into how many clusters a column happens to be cut
    has a say. A class starts at the clusters of the last column before the answers, by what they contribute to it.

    Args:
        run: The run.
        linked: The columns and the connections between them.
        start: Index of a class, or ids of a layer and of its cluster.

    Raises:
        KeyError: There is no such class, layer or cluster.

    """
    shares = incoming_shares(linked.pairs, [np.array(column.sizes, np.int64) for column in linked.columns])
    ends, words = _start(run, linked.columns, start)
    stops = _stops(linked.columns, shares, ends)
    return PathScene(start=words, mode=linked.mode, images=linked.modes.images(linked.mode), stops=stops)


def build_path_of_images(
    run: Run, columns: Sequence[Column], pairs: Pairs, *, label: int, given: Float[np.ndarray, " neurons"], images: int
) -> PathScene:
    """Return the way back from a class on some images alone.

    Args:
        run: The run.
        columns: The columns.
        pairs: Connections between them, by contribution on the images.
        label: The class.
        given: What each neuron of the last column before the answers contributes to the class on the images.
        images: How many these are.

    """
    shares = incoming_shares(pairs, [np.array(column.sizes, np.int64) for column in columns])
    ends = _ends(run, columns, given)
    words = f"the class “{run.file.classes[label]}”"
    stops = _stops(columns, shares, ends)
    return PathScene(start=words, mode="contribution", images=images, own=True, stops=stops)


def _stops(columns: Sequence[Column], shares: Shares, ends: Mapping[Place, float]) -> tuple[PathStop, ...]:
    way, passing = strongest_way(shares, ends), flow(shares, ends)
    stops: list[PathStop] = []
    for number, place in enumerate(way):
        choices = shares[way[number - 1]] if number else ends
        stops.append(_stop(columns, place, choices, passing[place]))
    return tuple(stops)


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


def strongest_way(shares: Shares, ends: Mapping[Place, float]) -> list[Place]:
    """Return clusters from the start backwards: the strongest of the nearest column that gives its even share.

    With m columns that give anything, the even share is one m-th of all. A cluster that nothing leads to from the first
    column is passed over where there is another: the way would break off. Ties go to the upper cluster.

    Args:
        shares: Earlier columns have smaller numbers.
        ends: Clusters that the way may begin at, with their shares.

    """
    whole = _led_to(shares, ends)
    way: list[Place] = []
    choices = ends
    while choices:
        open_ = {place: share for place, share in choices.items() if place in whole} or choices
        columns: dict[int, float] = {}
        for (column, _), share in sorted(open_.items()):
            columns[column] = columns.get(column, 0.0) + share
        even = sum(columns.values()) / len(columns) * _ROUNDING
        chosen = max(column for column, share in columns.items() if share >= even)
        way.append(min((place for place in open_ if place[0] == chosen), key=lambda place: (-open_[place], place)))
        choices = shares.get(way[-1], {})
    return way


def _led_to(shares: Shares, ends: Mapping[Place, float]) -> set[Place]:
    """Return the clusters that a way from the first column leads to."""
    found: set[Place] = set()
    for place in sorted({*shares, *ends, *(source for given in shares.values() for source in given)}):
        if place[0] == 0 or any(source in found for source in shares.get(place, {})):
            found.add(place)
    return found


def flow(shares: Shares, ends: Mapping[Place, float]) -> dict[Place, float]:
    """Return how much of what leads to the start passes each cluster, over all ways together.

    It is the chance that somebody comes by who walks backwards and takes each step with the chance of its share.
    """
    found: dict[Place, float] = dict(ends)
    # From the last column backwards: what reaches a cluster is complete when its turn comes.
    for place in sorted({*shares, *ends}, reverse=True):
        here = found.get(place, 0.0)
        for source, share in shares.get(place, {}).items() if here else ():
            found[source] = found.get(source, 0.0) + here * share
    return found


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
    last = last_before_answers(run, [column.layer for column in columns])
    return {} if last is None else _ends(run, columns, _for_class(run, columns[last].layer, label))


def last_before_answers(run: Run, columns: Sequence[str]) -> int | None:
    """Return the place of the last column that is not the answers: these are not a stop, they are the class itself."""
    answers = logits_unit(run.graph)
    before = [place for place, layer in enumerate(columns) if layer != answers]
    return before[-1] if before else None


def _ends(run: Run, columns: Sequence[Column], values: Float[np.ndarray, " neurons"]) -> dict[Place, float]:
    """Return the share of each cluster of the last column before the answers in what its neurons give to a class."""
    last = last_before_answers(run, [column.layer for column in columns])
    if last is None:
        return {}
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


def _stop(columns: Sequence[Column], place: Place, choices: Mapping[Place, float], passing: float) -> PathStop:
    column, cluster = place
    others = sorted((other for other in choices if other != place), key=lambda one: (-choices[one], one))
    return PathStop(
        column=column,
        layer=columns[column].layer,
        cluster=columns[column].clusters[cluster].id,
        share=choices[place],
        column_share=min(sum(share for (other, _), share in choices.items() if other == column), 1.0),
        passing=min(passing, 1.0),
        alternatives=tuple(
            StopChoice(layer=columns[a].layer, cluster=columns[a].clusters[b].id, share=choices[a, b])
            for a, b in others[:MOST_ALTERNATIVES]
        ),
    )
