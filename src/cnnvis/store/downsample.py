"""Fewer points that draw the same line: what a screen of so many pixels can show of a long curve."""

import numpy as np
from jaxtyping import Float, Int

Places = Int[np.ndarray, " kept"]
Buckets = Int[np.ndarray, " buckets"]
_BLOCK = 128


def visible_points(
    steps: Int[np.ndarray, " points"],
    values: Float[np.ndarray, " points"],
    *,
    buckets: int,
    span: tuple[int, int] | None = None,
    index: "PointIndex | None" = None,
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
        index: That of these values: the answer is the same, and of millions of points only some are looked at.

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
    if index is None:
        kept = _of_buckets(values[start:stop], begins) + start
    else:
        ends = np.append(begins[1:], stop - start)
        among = index.candidates(int(start), int(stop), np.concatenate([begins, ends - 1]) + start)
        kept = among[_of_buckets(values[among], np.searchsorted(among, begins + start))]
    return np.union1d(kept, np.array(outside, np.int64))


class PointIndex:
    """What stands out in each block of values, so that the extremes of millions are found without reading them all."""

    def __init__(self) -> None:
        self._marked = np.zeros((0, 3), np.int64)
        """Per whole block the least, the greatest and the first value that is not finite (or the least again)."""

    def update(self, values: Float[np.ndarray, " points"]) -> None:
        """Take in the blocks that have become whole; the values before them must be those of the last time."""
        done, whole = len(self._marked), len(values) // _BLOCK
        if whole == done:
            return
        blocks = values[done * _BLOCK : whole * _BLOCK].reshape(-1, _BLOCK)
        finite = np.isfinite(blocks)
        least = np.where(finite, blocks, np.inf).argmin(axis=1)
        greatest = np.where(finite, blocks, -np.inf).argmax(axis=1)
        strange = np.where(finite.all(axis=1), least, finite.argmin(axis=1))
        marked = np.sort(np.stack([least, greatest, strange], axis=1), axis=1)
        self._marked = np.concatenate([self._marked, marked + np.arange(done, whole)[:, None] * _BLOCK])

    def candidates(self, start: int, stop: int, edges: Int[np.ndarray, " edges"]) -> Places:
        """Return places from start to stop, ascending, with what stands out between any two of the edges.

        Args:
            start: First place.
            stop: Place after the last.
            edges: Places; the blocks that they are in are returned whole.

        """
        first = start // _BLOCK
        whole = np.zeros(-(-stop // _BLOCK) - first, np.bool_)
        whole[np.append(edges, [start, stop - 1]) // _BLOCK - first] = True
        whole[max(0, len(self._marked) - first) :] = True
        raw = ((np.flatnonzero(whole) + first)[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        marked = self._marked[np.flatnonzero(~whole) + first].ravel()
        # Two ascending rows: a stable sort merges them.
        places = np.sort(np.concatenate([raw, marked]), kind="stable")
        return places[np.searchsorted(places, start) : np.searchsorted(places, stop)]


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


def envelope(
    steps: Int[np.ndarray, " points"], values: Float[np.ndarray, "points places"], *, buckets: int
) -> tuple[Int[np.ndarray, " spans"], Float[np.ndarray, "spans places"], Float[np.ndarray, "spans places"]]:
    """Return the last step, the least and the greatest values of each of some equal spans of steps that has any.

    NaN is left aside unless there is nothing else. With no more points than buckets each point is a span of its own.
    """
    if len(steps) <= buckets:
        return steps, values, values
    begins = _begins(steps, int(steps[0]), int(steps[-1]), buckets)
    lasts = steps[np.append(begins[1:], len(steps)) - 1]
    return lasts, np.fmin.reduceat(values, begins, axis=0), np.fmax.reduceat(values, begins, axis=0)
