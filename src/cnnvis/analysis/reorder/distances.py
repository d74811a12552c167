"""Distances between rows."""

import numpy as np
from jaxtyping import Float


def distances(rows: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, "rows rows"]:
    """Return Euclidean distances over the features that are finite in every row.

    By one matrix product, since differences of each pair cost seconds with a thousand rows and features; near zero they
    are right to some 1e-8 of the largest distance.
    """
    values = np.asarray(rows, dtype=np.float64)
    values = values[:, np.isfinite(values).all(axis=0)]
    values = values - values.mean(axis=0, keepdims=True) if len(values) else values
    squares = np.einsum("rf,rf->r", values, values)
    apart = squares[:, None] + squares[None, :] - 2.0 * (values @ values.T)
    np.maximum(apart, 0.0, out=apart)
    np.sqrt(apart, out=apart)
    np.fill_diagonal(apart, 0.0)
    return apart
