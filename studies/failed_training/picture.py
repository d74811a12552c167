"""A picture of both trainings: per layer the share of zeros and the updates over the steps, as small multiples."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np

from cnnvis.schema.series import Curve
from cnnvis.store.reader import Run

_QUANTITIES = (("after/zero", "share of zeros", 0.0, 1.0), ("update/ratio", "update / weight", -6.0, -1.0))
_CELL, _GAP, _TOP, _LEFT = 84, 8, 40, 110
_HEIGHT = 44


def picture(runs: Sequence[Run]) -> str:
    """Return an SVG with two rows for each run (zeros; updates on a logarithmic axis) and a column for each layer."""
    parts: list[str] = []
    top, width = _TOP, 0
    for run in runs:
        run.series.update()
        series = run.series.series()
        units = series.head.units
        width = max(width, _LEFT + len(units) * (_CELL + _GAP))
        loss = series.run["loss"].values
        parts.append(_text(4, top - 14, f"{run.file.name}: loss {loss[0]:.2f} to {np.mean(loss[-20:]):.2f}", 12))
        for name, title, low, high in _QUANTITIES:
            parts.append(_text(4, top + _HEIGHT / 2, title, 10))
            for place, unit in enumerate(units):
                x = _LEFT + place * (_CELL + _GAP)
                curve = series.of(name, unit)
                parts.append(f'<rect x="{x}" y="{top}" width="{_CELL}" height="{_HEIGHT}" fill="none" stroke="#999"/>')
                if name == _QUANTITIES[0][0]:
                    parts.append(_text(x, top - 3, unit.removeprefix("features."), 9))
                if curve is not None:
                    parts.append(_line(curve, x, top, low, high))
            top += _HEIGHT + 6
        top += 34
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" font-family="sans-serif" '
        f'role="img" aria-label="Zeros and updates per layer of both trainings">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def _line(curve: Curve, x: float, y: float, low: float, high: float) -> str:
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log10(curve.values) if low < 0 else curve.values
    shown = np.clip(np.nan_to_num(values, nan=low, neginf=low, posinf=high), low, high)
    span = max(1, int(curve.steps[-1]))
    points = (
        f"{x + _CELL * step / span:.1f},{y + _HEIGHT * (1 - (value - low) / (high - low)):.1f}"
        for step, value in zip(curve.steps.tolist(), shown.tolist(), strict=True)
    )
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="#1a5fb4" stroke-width="1.5"/>'


def _text(x: float, y: float, text: str, size: int) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}">{escape(text)}</text>'
