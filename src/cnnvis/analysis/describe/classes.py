"""The classes that a cluster answers to."""

import numpy as np
from jaxtyping import Float

SELECTIVE = 0.5
"""A cluster is titled by classes when its mean profile reaches half a standard deviation for one of them."""
ALSO = 0.7
"""Further classes are named from this share of the strongest on."""
MOST_NAMED = 3


def answered(profile: Float[np.ndarray, " classes"], *, threshold: float = SELECTIVE) -> tuple[int, ...]:
    """Return the classes a cluster answers to, strongest first; none when it answers to none more than to the rest.

    The strongest class counts when the profile reaches the threshold there, up to two more when they reach 70 % of the
    strongest. Ties go to the lower class index.

    Args:
        profile: Mean over the neurons of (class mean - neuron mean) / neuron deviation; NaN for classes without images.
        threshold: Standard deviations above the average that make a cluster selective.

    """
    known = np.where(np.isfinite(profile), profile, -np.inf)
    if not known.size or known.max() < threshold:
        return ()
    strongest = np.argsort(-known, kind="stable")[:MOST_NAMED]
    return tuple(int(index) for index in strongest if known[index] >= ALSO * known[strongest[0]])


def most_beyond(
    profile: Float[np.ndarray, " classes"], others: Float[np.ndarray, " classes"], number: int
) -> tuple[int, ...]:
    """Return the classes that a cluster answers to most beyond what others do, strongest first.

    Args:
        profile: As for `answered`.
        others: The profile to compare with.
        number: Classes to return; fewer when fewer have images.

    """
    beyond = np.where(np.isfinite(profile) & np.isfinite(others), profile - others, -np.inf)
    strongest = np.argsort(-beyond, kind="stable")[:number]
    return tuple(int(index) for index in strongest if np.isfinite(beyond[index]))
