"""Activation maps as arrays on disk: one safetensors file, read one unit at a time."""

from dataclasses import fields
from pathlib import Path

import numpy as np

from cnnvis.schema.maps import ActivationMaps, UnitMaps
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import MAPS_FILE

_FIELDS = tuple(field.name for field in fields(UnitMaps))
_DTYPES = {"neuron": np.int32, "sample": np.int64, "y": np.int32, "x": np.int32, "values": np.uint8,
           "typical": np.int64, "least": np.int64}  # fmt: skip


def write_maps(folder: Path, maps: ActivationMaps) -> None:
    """Write activation maps into a snapshot's folder.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    arrays = {
        f"{unit}|{name}": np.asarray(getattr(found, name)).astype(_DTYPES.get(name, np.float32), copy=False)
        for unit, found in maps.units.items()
        for name in _FIELDS
    }
    write_arrays(folder / MAPS_FILE, arrays)


class MapsReader:
    """A snapshot's activation maps, read when asked for; a unit that was read is kept, for neurons come one by one.

    Args:
        folder: The snapshot's folder.

    Raises:
        RunError: The file is missing, truncated or damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._file = ArrayFile(folder / MAPS_FILE)
        self._read: dict[str, UnitMaps] = {}

    @property
    def units(self) -> frozenset[str]:
        """Ids of the units that have maps."""
        return frozenset(name.rpartition("|")[0] for name in self._file.names)

    def unit(self, identity: str) -> UnitMaps | None:
        """Return the maps of one unit; None when none were kept, RunError when the file is damaged."""
        if identity not in self.units:
            return None
        if identity not in self._read:
            arrays = self._file.read(*(f"{identity}|{name}" for name in _FIELDS))
            self._read[identity] = UnitMaps(**dict(zip(_FIELDS, arrays, strict=True)))
        return self._read[identity]
