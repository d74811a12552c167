"""Thresholds that both the recorder, while a training runs, and the diagnosis of it go by."""

DEAD = 0.6
"""Share of a unit's neurons that are dead."""
SATURATED = 0.6
"""Share of a unit's values in the flat part of its non-linearity."""
EXPLODING = 5.0
"""Norm of the gradient over that of the weights, before clipping; sound networks start around 0.1 to 1."""
COLLAPSED = 0.85
"""Share of the images that get the class most often predicted."""
