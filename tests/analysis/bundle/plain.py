"""Bicliques and their choice by the words of the definition, for small graphs."""

import itertools
import math

import numpy as np

Found = tuple[tuple[int, ...], tuple[int, ...]]


def all_bicliques(kept: np.ndarray) -> set[Found]:
    """Maximal bicliques with fewer sources + targets than links: try every set of sources."""
    found: set[Found] = set()
    sources, targets = kept.shape
    for size in range(2, sources + 1):
        for some in itertools.combinations(range(sources), size):
            common = tuple(target for target in range(targets) if all(kept[source, target] for source in some))
            linked = tuple(source for source in range(sources) if all(kept[source, target] for target in common))
            if len(common) >= 2 and linked == some and len(some) + len(common) < len(some) * len(common):
                found.add((some, common))
    return found


def score(weights: np.ndarray, biclique: Found) -> float:
    """Carried weight x (1 - coefficient of variation, at least 0)."""
    values = [float(weights[source, target]) for source in biclique[0] for target in biclique[1]]
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return sum(values) * max(0.0, 1.0 - deviation / mean)


def greedy(kept: np.ndarray, weights: np.ndarray) -> list[Found]:
    """Take the best, remove its links, and begin anew."""
    free, picks = kept.copy(), list[Found]()
    while found := all_bicliques(free):
        best = max(score(weights, one) for one in found)
        if best <= 1e-9:
            break
        equal = [one for one in found if score(weights, one) >= best * (1 - 1e-9)]
        pick = max(equal, key=lambda one: marks(one, kept.shape))
        picks.append(pick)
        free[np.ix_(*pick)] = False
    return picks


def marks(one: Found, shape: tuple[int, ...]) -> list[bool]:
    """Sources, then targets, as marks: greater where the first that differs is in."""
    return [index in one[side] for side in (0, 1) for index in range(shape[side])]
