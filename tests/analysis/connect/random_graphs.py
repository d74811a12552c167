"""Small random channel graphs, and their connections by adding up path after path."""

import numpy as np

from cnnvis.schema.connections import Blocks, ChannelGraph, ChannelMap, Links, MapStatus


def random_graph(seed: int) -> tuple[ChannelGraph, list[str]]:
    """Return a random channel graph of up to nine layers, and some of them as columns.

    Some layers have a map before their own, as units with a non-linearity do; some are not followed.
    """
    rng = np.random.default_rng(seed)
    maps = [ChannelMap(id="input", layer="input", channels=int(rng.integers(1, 4)))]
    before: dict[str, str] = {}
    for number in range(int(rng.integers(2, 9))):
        chosen = rng.permutation(len(maps))[: int(rng.integers(1, 4))]
        channels = int(rng.integers(1, 5))
        status: MapStatus = rng.choice(np.array(["exact", "exact", "exact", "approximated", "not followed"])).item()
        inputs = tuple((maps[i].id, _how(rng, maps[i].channels, channels, status)) for i in sorted(chosen.tolist()))
        name = f"layer{number}"
        split = bool(rng.integers(2))
        first = f"{name}|in" if split else name
        maps.append(ChannelMap(id=first, layer=name, channels=channels, inputs=inputs, status=status, why="a reason"))
        before[name] = first
        if split:
            places = np.arange(channels)
            slope = Links(rows=places, columns=places, weights=rng.random(channels))
            maps.append(ChannelMap(id=name, layer=name, channels=channels, inputs=((first, slope),)))
    units = list(before)
    columns = ["input"] * int(rng.integers(2)) + [unit for unit in units if rng.random() < 0.6]
    return ChannelGraph(maps=tuple(maps), before=before), columns


def _how(rng: np.random.Generator, inputs: int, outputs: int, status: MapStatus) -> Links | Blocks:
    if status == "not followed":
        return Links(rows=np.zeros(0, np.int64), columns=np.zeros(0, np.int64), weights=np.zeros(0))
    if rng.integers(2):
        count = int(rng.integers(1, 6))
        return Links(
            rows=rng.integers(0, outputs, count),
            columns=rng.integers(0, inputs, count),
            weights=rng.standard_normal(count),
        )
    groups = next(g for g in (2, 1) if outputs % g == 0 and inputs % g == 0)
    return Blocks(weights=rng.standard_normal((groups, outputs // groups, inputs // groups)))


def dense(how: Links | Blocks, inputs: int, outputs: int) -> np.ndarray:
    """Return one linear map as an ordinary matrix, entry by entry."""
    matrix = np.zeros((outputs, inputs))
    if isinstance(how, Links):
        for row, column, weight in zip(how.rows, how.columns, how.weights, strict=True):
            matrix[row, column] += weight
        return matrix
    groups, high, wide = how.weights.shape
    for group in range(groups):
        matrix[group * high : (group + 1) * high, group * wide : (group + 1) * wide] = how.weights[group]
    return matrix


def by_paths(graph: ChannelGraph, columns: list[str], source: str, target: str) -> tuple[np.ndarray, int]:
    """Return the sum over all paths that pass no other column, and how many of them are followed all the way."""
    known = {channel_map.id: channel_map for channel_map in graph.maps}
    end = graph.before.get(target, target)
    total = np.zeros((known[source].channels, known[end].channels))
    followed = 0
    waiting = [(end, np.eye(known[end].channels), True)]
    while waiting:
        here, product, open_ = waiting.pop()
        if here == source:
            total += product.T
            followed += open_
            continue
        if here in columns and here != end:
            continue
        for origin, how in known[here].inputs:
            matrix = dense(how, known[origin].channels, known[here].channels)
            waiting.append((origin, product @ matrix, open_ and not (isinstance(how, Links) and not len(how.rows))))
    return total, followed


def on_the_way(graph: ChannelGraph, columns: list[str], source: str, target: str) -> set[str]:
    """Return the maps on the paths that pass no other column, both ends' own included, gaps or not."""
    known = {channel_map.id: channel_map for channel_map in graph.maps}
    end = graph.before.get(target, target)
    found: set[str] = set()
    waiting: list[tuple[str, ...]] = [(end,)]
    while waiting:
        path = waiting.pop()
        if path[-1] == source:
            found.update(path)
        elif path[-1] not in columns or path == (end,):
            waiting.extend((*path, origin) for origin, _ in known[path[-1]].inputs)
    return found
