"""Notice when the data came differently the second time, so that maps would belong to other images."""

from dataclasses import fields, replace

import numpy as np
from jaxtyping import Bool

from cnnvis.schema.maps import ActivationMaps, UnitMaps
from cnnvis.schema.statistics import NeuronStatistics, UnitStatistics

TOLERANCE = 0.02
"""Two readings of one image differ by rounding only: by less than this share of the neuron's best value."""
STRANGERS = 0.05
"""Share of differing readings above which none is believed; below it only they are dropped."""
_PER_NEURON = ("typical", "least")


def drop_strangers(units: dict[str, UnitMaps], statistics: NeuronStatistics) -> ActivationMaps | None:
    """Return the maps that fit what the first pass found; None when too many do not."""
    fits = {name: _fits(maps, statistics.units[name]) for name, maps in units.items()}
    checked = sum(int((fit >= 0).sum()) for fit in fits.values())
    differing = sum(int((fit == 0).sum()) for fit in fits.values())
    if differing > STRANGERS * checked:
        return None
    return ActivationMaps(units={name: _without(maps, fits[name] == 0) for name, maps in units.items()})


def _fits(maps: UnitMaps, statistics: UnitStatistics) -> np.ndarray:
    """Return per entry 1 where its value is that of the top-k place, 0 where it differs, -1 where there is no place."""
    same = statistics.top_sample[maps.neuron] == maps.sample[:, None]
    known = same.any(axis=1)
    stored = statistics.top_value[maps.neuron, same.argmax(axis=1)]
    scale = np.abs(statistics.top_value[maps.neuron, 0])
    near = np.abs(np.where(known, maps.value - stored, 0.0)) <= TOLERANCE * np.where(known, scale, 1.0)
    return np.where(known, near.astype(np.int64), -1)


def _without(maps: UnitMaps, bad: Bool[np.ndarray, " entries"]) -> UnitMaps:
    if not bad.any():
        return maps
    rows = np.flatnonzero(~bad)
    return replace(
        maps, **{field.name: getattr(maps, field.name)[rows] for field in fields(maps) if field.name not in _PER_NEURON}
    )
