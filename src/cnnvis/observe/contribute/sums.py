"""Adds up contributions per class in float64, and turns the sums into means."""

import numpy as np
from jaxtyping import Bool, Float64, Int

from cnnvis.schema.graph import Unit
from cnnvis.schema.statistics import Contributions, UnitContributions


class Sums:
    """Sums over the images of each class; holds rows for the classes of the chosen images only.

    Args:
        units: What contributes.
        confused: For each class the classes it is confused with, -1 for none.
        labels: Labels of the images to come.

    """

    def __init__(
        self, units: list[Unit], confused: Int[np.ndarray, "classes confused"], labels: Int[np.ndarray, " images"]
    ) -> None:
        self.units = units
        self.confused = confused
        self.images = np.zeros(len(confused), np.int64)
        self.left_out = 0
        """Images with a value that is NaN or infinite."""
        present = np.unique(labels)
        self._row = np.full(len(confused), -1, np.int64)
        self._row[present] = np.arange(len(present))
        neurons = sum(unit.neurons for unit in units)
        self._sums = np.zeros((1 + confused.shape[1], len(present), neurons))

    def targets(self, labels: Int[np.ndarray, " images"]) -> Int[np.ndarray, "targets images"]:
        """Return each image's own class, then those confused with it; -1 for none or an image that does not count."""
        counted = self._counted(labels)
        targets = np.vstack([labels, self.confused[np.where(counted, labels, 0)].T])
        return np.where(counted, targets, -1)

    def add(self, labels: Int[np.ndarray, " images"], found: Float64[np.ndarray, "targets images neurons"]) -> None:
        """Add the contributions of some images."""
        finite = np.isfinite(found).all(axis=(0, 2))
        counted = self._counted(labels)
        self.left_out += int((counted & ~finite).sum())
        for label in np.unique(labels[counted & finite]).tolist():
            members = (labels == label) & finite
            self.images[label] += members.sum()
            self._sums[:, self._row[label]] += found[:, members].sum(axis=1)

    def means(self) -> Contributions:
        """Return the mean per class; NaN where there is no image, or no class to be confused with."""
        seen = np.flatnonzero(self.images)
        rows = self._row[seen]
        without = self.confused[seen] < 0
        units: dict[str, UnitContributions] = {}
        start = 0
        for unit in self.units:
            part = self._sums[:, rows, start : start + unit.neurons] / self.images[seen][:, None]
            values = np.full((len(self.images), unit.neurons), np.nan, np.float32)
            others = np.full((*self.confused.shape, unit.neurons), np.nan, np.float32)
            values[seen] = part[0]
            others[seen] = np.where(without[:, :, None], np.nan, part[1:].transpose(1, 0, 2))
            units[unit.id] = UnitContributions(values=values, confused_values=others)
            start += unit.neurons
        return Contributions(units=units, images=self.images, confused=self.confused)

    def _counted(self, labels: Int[np.ndarray, " images"]) -> Bool[np.ndarray, " images"]:
        known = (labels >= 0) & (labels < len(self._row))
        return known & (self._row[np.where(known, labels, 0)] >= 0)
