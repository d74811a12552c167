"""The hull of receptive fields against the slow one, position by position."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.trace.span import Span, hull

rationals = st.fractions(-20, 20, max_denominator=4)
lengths = st.fractions(Fraction(1, 4), 20, max_denominator=4)
spans = st.builds(Span, rationals, lengths, lengths, st.booleans())


@given(st.lists(spans, min_size=1, max_size=4), st.integers(1, 12))
def test_hull_holds_every_span_everywhere_and_touches(parts: list[Span], positions: int) -> None:
    whole = hull(parts, positions)
    ends = [(i, part.start + i * part.stride, part.size) for part in parts for i in range(positions)]
    before = [start - (whole.start + i * whole.stride) for i, start, _ in ends]
    after = [whole.start + i * whole.stride + whole.size - start - size for i, start, size in ends]
    assert min(before) == 0
    assert min(after) == 0
    agree = positions == 1 or len({part.stride for part in parts}) == 1
    assert whole.exact == (agree and all(part.exact for part in parts))


def test_windows_compose_to_the_known_sizes() -> None:
    span = Span()
    for kernel, stride, before in [(7, 2, 3), (3, 2, 1), (3, 1, 1), (3, 1, 1)]:
        span = span.window(kernel=kernel, step=span.stride, before=before)
        span = Span(span.start, span.size, span.stride * stride)
    assert span == Span(Fraction(-13), Fraction(27), Fraction(4))
    assert span.field().interval(2) == (-5, 22)


def test_halves_are_rounded_outwards() -> None:
    field = Span(Fraction(-1, 2), Fraction(3, 2), Fraction(1, 2), exact=False).field()
    assert [field.interval(i) for i in range(3)] == [(-1, 1), (0, 2), (0, 2)]
