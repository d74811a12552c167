"""An order kept when rows leave and few others join it: each is put where it lengthens the path least."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int


def joined_order(
    rows: Float[np.ndarray, "rows features"], order: Sequence[int], new: Sequence[int]
) -> Int[np.ndarray, " order"]:
    """Return an order with further rows put in, one after the other, each at its cheapest place (cheapest insertion).

    Args:
        rows: One row per neuron; a feature that is missing (NaN) in any row is left out.
        order: Rows in order, at least one.
        new: Rows to put in.

    """
    used = rows[[*order, *new]]
    values = np.asarray(rows[:, np.isfinite(used).all(axis=0)], dtype=np.float64)
    found = list(order)
    for row in new:
        path = values[found]
        away = np.linalg.norm(path - values[row], axis=1)
        links = np.linalg.norm(np.diff(path, axis=0), axis=1)
        # Before the first, between two neighbours, after the last; ties go to the first place.
        cost = np.concatenate([away[:1], away[:-1] + away[1:] - links, away[-1:]])
        found.insert(int(np.argmin(np.round(cost, 12))), int(row))
    return np.array(found, dtype=np.int64)
