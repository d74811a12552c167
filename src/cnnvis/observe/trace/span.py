"""Interval algebra of receptive fields along one image axis, in exact rationals (design: receptive field)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cnnvis.schema.graph import FieldAxis

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Span:
    """Position ``i`` sees the pixels ``[start + i * stride, start + i * stride + size)``."""

    start: Fraction = Fraction(0)
    size: Fraction = Fraction(1)
    stride: Fraction = Fraction(1)
    exact: bool = True
    """False when the true field lies inside."""

    def window(self, *, kernel: int, step: Fraction, before: int, dilation: int = 1) -> "Span":
        """Widen by a sliding window; ``step`` is the distance of neighbouring positions in pixels."""
        return replace(self, start=self.start - before * step, size=self.size + (kernel - 1) * dilation * step)

    def shifted(self, distance: Fraction) -> "Span":
        """Move every position's interval."""
        return replace(self, start=self.start + distance)

    def widened(self, before: Fraction, after: Fraction) -> "Span":
        """Grow at both ends into a box that the true field lies inside of."""
        return replace(self, start=self.start - before, size=self.size + before + after, exact=False)

    def spread(self, distance: Fraction) -> "Span":
        """Join the fields of positions from here to ``distance`` pixels on."""
        return replace(self, size=self.size + distance)

    def field(self) -> FieldAxis:
        """Return what the layer graph keeps."""
        start, size, stride = (value.as_integer_ratio() for value in (self.start, self.size, self.stride))
        return FieldAxis(start, size, stride)


def hull(spans: Sequence[Span], positions: int) -> Span:
    """Return the smallest span that holds all of these at ``positions`` places."""
    first = spans[0]
    stride = first.stride
    ends = (0, positions - 1)
    start = min(span.start + i * (span.stride - stride) for span in spans for i in ends)
    stop = max(span.start + span.size + i * (span.stride - stride) for span in spans for i in ends)
    agree = positions <= 1 or all(span.stride == stride for span in spans)
    return Span(start, stop - start, stride, agree and all(span.exact for span in spans))
