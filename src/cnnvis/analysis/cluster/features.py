"""What neurons are compared by: class profiles in standard deviations, or principal components of the probe set."""

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import eigh

FEWEST_CLASSES = 8
"""Below so many classes with images, a profile says too little and probe activations are compared instead."""
COMPONENTS = 32


def profile_features(
    after_mean: Float[np.ndarray, "classes neurons"],
    mean: Float[np.ndarray, " neurons"],
    std: Float[np.ndarray, " neurons"],
    class_images: Int[np.ndarray, " classes"],
) -> Float[np.ndarray, "neurons classes"]:
    """Return (class mean - neuron mean) / neuron deviation; classes without images hold NaN, never zero.

    A neuron that does not vary has a profile of zeros. A value that is not finite although its class has images (they
    were all counted out) is filled with the mean over the other neurons.

    Args:
        after_mean: Mean activation per class, NaN for classes without images.
        mean: Mean activation over all images.
        std: Standard deviation of the activation over all images.
        class_images: Images per class.

    """
    seen = np.asarray(class_images) > 0
    difference = np.asarray(after_mean, dtype=np.float64)[seen].T - np.asarray(mean, dtype=np.float64)[:, None]
    profiles = np.full((len(mean), len(seen)), np.nan)
    profiles[:, seen] = _filled(
        _scaled(difference, np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64))
    )
    return profiles


def probe_features(
    means: Float[np.ndarray, "images neurons"], components: int = COMPONENTS
) -> Float[np.ndarray, "neurons components"]:
    """Return each neuron's standardised activations on the probe images, reduced to principal components.

    There are at most as many components as images or neurons. The sign of a component is fixed (its largest loading
    over images is positive), so that the same activations give the same numbers.
    """
    values = _filled(np.asarray(means, dtype=np.float64).T)
    average = values.mean(axis=1) if values.shape[1] else np.zeros(values.shape[0])
    rows = _scaled(values - average[:, None], average, values.std(axis=1) if values.shape[1] else average)
    return _principal(rows / np.sqrt(max(1, rows.shape[1])), components)


def has_profiles(class_images: Int[np.ndarray, " classes"]) -> bool:
    """Whether there are enough classes with images to compare neurons by their class profiles."""
    return int(np.count_nonzero(np.asarray(class_images) > 0)) >= FEWEST_CLASSES


def reduced(rows: Float[np.ndarray, "neurons features"], components: int) -> Float[np.ndarray, "neurons components"]:
    """Rotate rows onto their principal components; distances shrink by what the dropped components carried."""
    return _principal(rows - rows.mean(axis=0), components) if rows.size else rows[:, :components]


def _scaled(
    difference: Float[np.ndarray, "neurons images"],
    mean: Float[np.ndarray, " neurons"],
    std: Float[np.ndarray, " neurons"],
) -> Float[np.ndarray, "neurons images"]:
    # A deviation at the level of rounding errors would blow noise up to a strong profile.
    varies = np.isfinite(std) & (std > 1e-7 * np.maximum(np.abs(np.where(np.isfinite(mean), mean, 0)), 1e-30))
    scale = np.where(varies, std, 1.0)
    return np.where(varies[:, None], difference / scale[:, None], np.where(np.isfinite(difference), 0.0, np.nan))


def _filled(rows: Float[np.ndarray, "neurons features"]) -> Float[np.ndarray, "neurons features"]:
    finite = np.isfinite(rows)
    if finite.all():
        return rows
    counts = finite.sum(axis=0)
    means = np.where(finite, rows, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return np.where(finite, rows, means[None, :])


def _principal(rows: Float[np.ndarray, "neurons images"], components: int) -> Float[np.ndarray, "neurons components"]:
    count = min(components, *rows.shape)
    if count == 0:
        return np.zeros((rows.shape[0], 0))
    # The smaller Gram matrix has the same components and is much cheaper than a decomposition of the rows.
    if rows.shape[0] <= rows.shape[1]:
        values, vectors = _largest(rows @ rows.T, count)
        scores = vectors * np.sqrt(np.maximum(values, 0.0))
        loadings = rows.T @ scores
    else:
        _, loadings = _largest(rows.T @ rows, count)
        scores = rows @ loadings
    largest = np.abs(loadings).argmax(axis=0)
    signs = np.where(loadings[largest, np.arange(count)] < 0, -1.0, 1.0)
    return scores * signs


def _largest(
    gram: Float[np.ndarray, "size size"], count: int
) -> tuple[Float[np.ndarray, " count"], Float[np.ndarray, "size count"]]:
    """Return the largest eigenvalues of a symmetric matrix, largest first, and their vectors."""
    size = len(gram)
    values, vectors = eigh(gram, subset_by_index=(size - count, size - 1))
    return values[::-1], vectors[:, ::-1]
