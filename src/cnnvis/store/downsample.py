"""Fewer points that draw the same line: what a screen of so many pixels can show of a long curve."""

import numpy as np
from jaxtyping import Float, Int

Places = Int[np.ndarray, " kept"]
Buckets = Int[np.ndarray, " buckets"]


def visible_points(
    steps: Int[np.ndarray, " points"],
    values: Float[np.ndarray, " points"],
    *,
    buckets: int,
    span: tuple[int, int] | None = None,
) -> Places:
    """Return which points to draw so that a line over them looks like the line over all (M4, Jugel et al. 2014).

    The span of steps is cut into equal buckets, one per pixel; of each the first, the last, the least and the
    greatest point are kept (ties: the first of them), and its first value that is not finite, so that none is ever
    hidden. The points just outside the span are kept too: the line runs on to them.

    Args:
        steps: Ascending.
        values: One per step; NaN and infinities are values like others, but neither least nor greatest.
        buckets: Number of pixels, 1 or more.
        span: First and last step shown; None: all.

    Returns:
        Ascending indices, at most five per bucket and two more.

    """
    if not len(steps):
        return np.zeros(0, np.int64)
    first, last = span or (int(steps[0]), int(steps[-1]))
    start, stop = np.searchsorted(steps, first), np.searchsorted(steps, last, side="right")
    outside = [index for index in (int(start) - 1, int(stop)) if 0 <= index < len(steps)]
    if stop - start <= 5 * buckets:
        return np.union1d(np.arange(start, stop), np.array(outside, np.int64))
    begins = _begins(steps[start:stop], first, last, buckets)
    kept = _of_buckets(values[start:stop], begins)
    return np.union1d(kept + start, np.array(outside, np.int64))


def _begins(steps: Int[np.ndarray, " points"], first: int, last: int, buckets: int) -> Buckets:
    """Return where each bucket that holds a point begins."""
    edges = first + (np.arange(buckets + 1, dtype=np.float64) * (last - first + 1)) / buckets
    begins = np.searchsorted(steps, edges[:-1])
    ends = np.append(begins[1:], len(steps))
    return begins[ends > begins]


def _of_buckets(values: Float[np.ndarray, " points"], begins: Buckets) -> Places:
    ends = np.append(begins[1:], len(values))
    finite = np.isfinite(values)
    low, high = np.where(finite, values, np.inf), np.where(finite, values, -np.inf)
    least = _first_equal(low, np.minimum.reduceat(low, begins), begins, ends)
    greatest = _first_equal(high, np.maximum.reduceat(high, begins), begins, ends)
    strange = np.flatnonzero(~finite)
    places = np.searchsorted(strange, begins)
    places = places[places < np.searchsorted(strange, ends)]
    return np.unique(np.concatenate([begins, ends - 1, least, greatest, strange[places]]))


def _first_equal(
    values: Float[np.ndarray, " points"], wanted: Float[np.ndarray, " buckets"], begins: Buckets, ends: Buckets
) -> Buckets:
    """Return the first place in each bucket that holds the wanted value."""
    hits = np.flatnonzero(values == np.repeat(wanted, ends - begins))
    return hits[np.searchsorted(hits, begins)]
