"""The matrices of a layer: its neurons and the classes, by activation and by contribution."""

import numpy as np
from jaxtyping import Float

from cnnvis.compose.words import counted
from cnnvis.schema.scene import Facet, MatrixFacts
from cnnvis.store.reader import Run

COMMON = 0.995
"""Quantile of the absolute values at which a common ramp ends, so that one neuron does not pale all others."""
_LARGEST = float(np.finfo(np.float16).max)

FACETS: tuple[Facet, ...] = ("activations", "contributions")


def matrix_facts(run: Run, unit: str) -> tuple[MatrixFacts, ...]:
    """Return what there is to draw of a layer; the addresses are put in where the run is served."""
    found: list[MatrixFacts] = []
    for facet in FACETS:
        values = matrix_values(run, unit, facet)
        if values is not None:
            found.append(_facts(run, unit, facet, values))
    return tuple(found)


def matrix_values(run: Run, unit: str, facet: Facet) -> Float[np.ndarray, "neurons classes"] | None:
    """Return one layer's values, NaN where a class has no image; None where nothing is known.

    Activations are means after the non-linearity, contributions those to a class on its own images.
    """
    if facet == "activations":
        by_class = run.statistics.array(unit, "after_mean")
    elif run.contributions is not None and unit in run.contributions.units:
        by_class = run.contributions.values(unit)
    else:
        return None
    finite = np.isfinite(by_class)
    return np.where(finite, by_class, np.nan).T if finite.any() else None


def matrix_bytes(run: Run, unit: str, facet: Facet) -> bytes | None:
    """Return the values row by row as float16, little-endian; None where nothing is known.

    Three digits are enough for colours. What is beyond the largest half-precision number becomes that number.
    """
    values = matrix_values(run, unit, facet)
    if values is None:
        return None
    return np.ascontiguousarray(np.clip(values, -_LARGEST, _LARGEST), dtype="<f2").tobytes()


def _facts(run: Run, unit: str, facet: Facet, values: Float[np.ndarray, "neurons classes"]) -> MatrixFacts:
    known = values[np.isfinite(values)]
    # As they are drawn: of half precision.
    halves = np.clip(values, -_LARGEST, _LARGEST).astype(np.float16)
    if facet == "activations":
        named = run.graph.unit(unit)
        words = "mean activation" if named.activation is not None else "mean output"
        images = f"on {counted(int(run.statistics.class_images.sum()), 'image')}"
    else:
        words = "contribution to the class score"
        seen = 0 if run.contributions is None else int(run.contributions.images.sum())
        images = f"on {counted(seen, 'probe image')}"
    return MatrixFacts(
        facet=facet,
        address="",
        minimum=float(known.min()),
        maximum=float(known.max()),
        lowest=_ends(np.fmin.reduce(halves, axis=1)),
        highest=_ends(np.fmax.reduce(halves, axis=1)),
        limit=float(np.quantile(np.abs(known), COMMON)),
        unit=words,
        images=images,
    )


def _ends(values: Float[np.ndarray, " neurons"]) -> tuple[float | None, ...]:
    """Return half-precision values with as few digits as tell them apart; None for NaN."""
    return tuple(None if np.isnan(value) else float(str(value)) for value in values)
