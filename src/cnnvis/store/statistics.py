"""Neuron statistics as arrays on disk: one safetensors file, read one unit at a time."""

from dataclasses import fields
from pathlib import Path

import numpy as np
from jaxtyping import Int

from cnnvis.schema.errors import RunError
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet, UnitStatistics
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import PROBE_FILE, STATISTICS_FILE

_FIELDS = tuple(field.name for field in fields(UnitStatistics))
_DTYPES = {"nonfinite": np.int64, "top_sample": np.int64, "top_y": np.int32, "top_x": np.int32}
_BY_CLASS = frozenset({"after_mean", "after_std", "before_mean"})
"""Kept only for classes with images: 100 photos of 1000 classes would otherwise be stored as ten times NaN."""
_CLASS_IMAGES, _CONFUSION = "class_images", "confusion"
_PROBE_FACTS = ("samples", "labels", "predictions")
_MEANS = "means:"


def write_statistics(folder: Path, statistics: NeuronStatistics) -> None:
    """Write what one pass found into a snapshot's folder.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    arrays = {_CLASS_IMAGES: statistics.class_images, _CONFUSION: statistics.confusion}
    present = statistics.class_images > 0
    for unit, values in statistics.units.items():
        for name in _FIELDS:
            array = np.asarray(getattr(values, name)).astype(_DTYPES.get(name, np.float32), copy=False)
            arrays[_key(unit, name)] = array[present] if name in _BY_CLASS else array
    write_arrays(folder / STATISTICS_FILE, arrays)
    probe = statistics.probe
    means = {f"{_MEANS}{unit}": values.astype(np.float16, copy=False) for unit, values in probe.means.items()}
    write_arrays(folder / PROBE_FILE, {name: getattr(probe, name) for name in _PROBE_FACTS} | means)


def _key(unit: str, name: str) -> str:
    return f"{unit}|{name}"


class StatisticsReader:
    """A snapshot's statistics, read when asked for.

    Args:
        folder: The snapshot's folder.

    Raises:
        RunError: A file is missing, truncated or damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._statistics = ArrayFile(folder / STATISTICS_FILE)
        self._probe = ArrayFile(folder / PROBE_FILE)
        self.class_images: Int[np.ndarray, " classes"]
        self.confusion: Int[np.ndarray, "classes outputs"]
        self.class_images, self.confusion = self._statistics.read(_CLASS_IMAGES, _CONFUSION)

    @property
    def units(self) -> frozenset[str]:
        """Ids of the units that have statistics."""
        return frozenset(name.rpartition("|")[0] for name in self._statistics.names if "|" in name)

    def unit(self, identity: str) -> UnitStatistics:
        """Return the statistics of one unit; RunError when the run has none of it."""
        values = dict(zip(_FIELDS, self._statistics.read(*(_key(identity, name) for name in _FIELDS)), strict=True))
        return UnitStatistics(**{name: self._expanded(name, array) for name, array in values.items()})

    def array(self, identity: str, name: str) -> np.ndarray:
        """Return a single array of one unit, named as the field of `UnitStatistics`."""
        return self._expanded(name, self._statistics.read(_key(identity, name))[0])

    def _expanded(self, name: str, array: np.ndarray) -> np.ndarray:
        """Return an array by class with a row for every class, NaN for those without images."""
        if name not in _BY_CLASS:
            return array
        present = int((self.class_images > 0).sum())
        if len(array) != present:
            message = f"The statistics hold {len(array)} rows for {present} classes with images."
            raise RunError(message, "The run folder is damaged: analyse again.")
        rows = np.full((len(self.class_images), array.shape[1]), np.nan, array.dtype)
        rows[self.class_images > 0] = array
        return rows

    def probe(self, *units: str) -> ProbeSet:
        """Return the probe set with the means of these units, as far as they were kept."""
        kept = [unit for unit in units if f"{_MEANS}{unit}" in self._probe.names]
        samples, labels, predictions, *means = self._probe.read(*_PROBE_FACTS, *(f"{_MEANS}{unit}" for unit in kept))
        return ProbeSet(
            samples=samples, labels=labels, predictions=predictions, means=dict(zip(kept, means, strict=True))
        )
