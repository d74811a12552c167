"""The shortest path through a few rows, exactly (Held and Karp 1962)."""

import numpy as np
from jaxtyping import Float


def shortest_path(apart: Float[np.ndarray, "rows rows"]) -> list[int]:
    """Return the order of least sum of distances between neighbours; time doubles with each row.

    For each set of rows and each end in it, the least length of a path through the set that ends there is one step
    longer than that of a set with one row less.
    """
    count = len(apart)
    length = np.full((1 << count, count), np.inf)
    came = np.zeros((1 << count, count), dtype=np.int64)
    length[1 << np.arange(count), np.arange(count)] = 0.0
    for rows in range(1, 1 << count):
        inside = [row for row in range(count) if rows >> row & 1]
        for row in inside:
            rest = rows ^ 1 << row
            if rest:
                steps = length[rest] + apart[row]
                came[rows, row] = steps.argmin()
                length[rows, row] = steps[came[rows, row]]
    rows = (1 << count) - 1
    path = [int(length[rows].argmin())]
    while rows ^ 1 << path[-1]:
        before = int(came[rows, path[-1]])
        rows ^= 1 << path[-1]
        path.append(before)
    return path
