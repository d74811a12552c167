"""Pictures of both trainings: loss and accuracy of all seeds, and per layer what happened in them."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np

from cnnvis.schema.series import Curve
from cnnvis.store.reader import Run

_QUANTITIES = (
    ("after/zero", "share of zeros", 0.0, 1.0, ("0", "1")),
    ("update/ratio", "update / weight", -6.0, -1.0, ("10⁻⁶", "10⁻¹")),
)
"""Name, title, bounds (of the update: powers of ten) and what is written at them."""
_CELL, _GAP, _TOP, _LEFT = 68, 6, 40, 132
_HEIGHT = 44


_COLOURS = {"failing": "#b3261e", "mended": "#1a5fb4"}
_DASHES = {"failing": "5 3", "mended": ""}
"""Not by colour alone."""
_PLOT_WIDTH, _PLOT_HEIGHT = 380, 190


def curves(runs: Mapping[str, Sequence[Run]]) -> str:
    """Return an SVG with the training loss and the validation accuracy of every run, by kind of network."""
    plots = (("loss", "training loss, mean over 20 steps", 2.6), ("metric/val/accuracy", "validation accuracy", 0.8))
    parts: list[str] = []
    for number, (name, title, high) in enumerate(plots):
        left = 46 + number * (_PLOT_WIDTH + 70)
        parts.append(_text(left, 18, title, 12))
        parts.append(
            f'<rect x="{left}" y="26" width="{_PLOT_WIDTH}" height="{_PLOT_HEIGHT}" fill="none" stroke="#999"/>'
        )
        parts += [_text(left - 30, 30 + _PLOT_HEIGHT * (1 - part), f"{high * part:.1f}", 10) for part in (0, 0.5, 1)]
        for kind, same in runs.items():
            for run in same:
                run.series.update()
                curve = run.series.series().run[name]
                style = f'stroke="{_COLOURS[kind]}" stroke-dasharray="{_DASHES[kind]}"'
                parts.append(_plotted(curve, left, high, style))
        last = max(int(run.series.series().run["loss"].steps[-1]) for same in runs.values() for run in same)
        parts += [_text(x, 40 + _PLOT_HEIGHT, label, 10)
                  for x, label in ((left, "step 1"), (left + _PLOT_WIDTH - 44, f"step {last}"))]  # fmt: skip
    foot = 26 + _PLOT_HEIGHT + 40
    for number, kind in enumerate(runs):
        x = 46 + number * 150
        style = f'stroke="{_COLOURS[kind]}" stroke-dasharray="{_DASHES[kind]}" stroke-width="2"'
        parts.append(f'<line x1="{x}" y1="{foot - 4}" x2="{x + 30}" y2="{foot - 4}" {style}/>')
        parts.append(_text(x + 36, foot, f"{kind}, {len(runs[kind])} seeds", 11))
    return _svg(2 * (_PLOT_WIDTH + 70), foot + 12, "Loss and accuracy of the failing and the mended network", parts)


def _plotted(curve: Curve, left: float, high: float, style: str) -> str:
    values, steps = curve.values, curve.steps
    if len(values) > 100:
        values = np.convolve(values, np.ones(20) / 20, mode="valid")
        steps = steps[19:]
    shown = np.clip(np.nan_to_num(values, nan=high, posinf=high), 0, high)
    span = max(1, int(curve.steps[-1]))
    points = (
        f"{left + _PLOT_WIDTH * step / span:.1f},{26 + _PLOT_HEIGHT * (1 - value / high):.1f}"
        for step, value in zip(steps.tolist(), shown.tolist(), strict=True)
    )
    return f'<polyline points="{" ".join(points)}" fill="none" stroke-width="1.5" {style}/>'


def layers(runs: Sequence[Run]) -> str:
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
        for name, title, low, high, bounds in _QUANTITIES:
            parts.append(_text(4, top + _HEIGHT / 2 + 3, title, 10))
            parts += [_text(_LEFT - 28, y, bound, 9) for y, bound in zip((top + _HEIGHT, top + 8), bounds, strict=True)]
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
    return _svg(width, top, "Zeros and updates per layer of both trainings", parts)


def _svg(width: float, height: float, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'role="img" aria-label="{label}">'
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
