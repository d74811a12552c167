"""Contributions as arrays on disk: one safetensors file, read one unit at a time."""

from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from cnnvis.schema.statistics import Contributions, UnitContributions
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import CONTRIBUTIONS_FILE

_IMAGES, _CONFUSED = "images", "confused"
_VALUES, _CONFUSED_VALUES = "values", "confused_values"


def write_contributions(folder: Path, contributions: Contributions) -> None:
    """Write contributions into a snapshot's folder: rows only for classes with images and pairs that there are.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    present = contributions.images > 0
    pairs = present[:, None] & (contributions.confused >= 0)
    arrays = {_IMAGES: contributions.images, _CONFUSED: contributions.confused}
    for unit, found in contributions.units.items():
        arrays[f"{unit}|{_VALUES}"] = found.values[present].astype(np.float32, copy=False)
        arrays[f"{unit}|{_CONFUSED_VALUES}"] = found.confused_values[pairs].astype(np.float32, copy=False)
    write_arrays(folder / CONTRIBUTIONS_FILE, arrays)


class ContributionsReader:
    """A snapshot's contributions, read when asked for.

    Args:
        folder: The snapshot's folder.

    Raises:
        RunError: The file is missing, truncated or damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._file = ArrayFile(folder / CONTRIBUTIONS_FILE)
        self.images: Int[np.ndarray, " classes"]
        self.confused: Int[np.ndarray, "classes confused"]
        self.images, self.confused = self._file.read(_IMAGES, _CONFUSED)

    @property
    def units(self) -> frozenset[str]:
        """Ids of the units that have contributions."""
        return frozenset(name.rpartition("|")[0] for name in self._file.names if "|" in name)

    def values(self, unit: str) -> Float[np.ndarray, "classes neurons"]:
        """Return each neuron's contribution to each class; NaN for a class without images.

        Raises:
            RunError: The run has none for this unit.

        """
        (stored,) = self._file.read(f"{unit}|{_VALUES}")
        return _expanded(stored, self.images > 0)

    def unit(self, identity: str) -> UnitContributions:
        """Return all that is known of one unit, the classes that others are confused with included.

        Raises:
            RunError: The run has none for this unit.

        """
        (stored,) = self._file.read(f"{identity}|{_CONFUSED_VALUES}")
        pairs = (self.images > 0)[:, None] & (self.confused >= 0)
        return UnitContributions(values=self.values(identity), confused_values=_expanded(stored, pairs))

    def all(self) -> Contributions:
        """Return everything at once."""
        units = {name: self.unit(name) for name in sorted(self.units)}
        return Contributions(units=units, images=self.images, confused=self.confused)


def _expanded(stored: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return an array with a row at every place, NaN where nothing was stored."""
    rows = np.full((*places.shape, stored.shape[1]), np.nan, np.float32)
    rows[places] = stored
    return rows
