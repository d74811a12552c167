"""What the benchmarks of the page read off a browser's trace."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("playwright")

import _frames


def event(name: str, start: float, duration: float | None = None, thread: int = 1) -> dict[str, Any]:
    lasting = {} if duration is None else {"dur": duration, "tdur": duration / 2}
    return {"name": name, "pid": 1, "tid": thread, "ts": start, **lasting}


def test_a_frame_owns_what_was_done_since_the_last_one() -> None:
    events = [
        event("EventDispatch", 0, 1000),
        event("FireAnimationFrame", 2000, 4000),
        event("FunctionCall", 2500, 3000),  # inside the one before: counts once
        event("Paint", 6500, 9000),  # neither script nor layout
        event(_frames.FRAME, 16000),
        event("Layout", 17000, 500),
        event(_frames.FRAME, 32000),  # nothing drawn
        event("FireAnimationFrame", 33000, 2000),
        event("FireAnimationFrame", 33000, 9000, thread=2),  # another thread
        event(_frames.FRAME, 48000),
        event("FireAnimationFrame", 50000, 7000),  # its frame is not in the trace any more
    ]
    assert _frames.frames(events) == [_frames.Spent(5.0, 2.5), _frames.Spent(2.0, 1.0)]


def test_a_trace_without_frames_is_an_error() -> None:
    with pytest.raises(SystemExit, match="no frames"):
        _frames.frames([event("Layout", 0, 10)])


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_outermost_events_cover_what_nested_ones_cover(spans: list[tuple[int, int]]) -> None:
    nested = [(start, length) for start, length in spans]
    kept: list[tuple[int, int]] = []
    for start, length in sorted(nested, key=lambda span: (span[0], -span[1])):
        # Only spans that lie apart or inside one another, as calls do.
        if all(start >= first + wide or start + length <= first + wide for first, wide in kept):
            kept.append((start, length))
    found = list(_frames.outermost(event("Layout", start, length) for start, length in reversed(kept)))
    covered = {moment for start, length in kept for moment in range(start, start + length)}
    assert sum(one["dur"] for one in found) == len(covered)
