"""Maps: a third, small pass that shows where neurons fire on their best, typical and least exciting images."""

from cnnvis.observe.maps.maps import Mapped, map_images
from cnnvis.observe.maps.plan import MapLimits

__all__ = ["MapLimits", "Mapped", "map_images"]
