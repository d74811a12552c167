"""The images of one neuron as the browser draws them: best, typical and least exciting ones, with activation maps."""

from base64 import b64encode
from dataclasses import dataclass

import numpy as np

from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.maps import TYPICAL, UnitMaps
from cnnvis.schema.scene import MapScene, PatchScene
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.store.reader import Run


@dataclass(frozen=True, kw_only=True)
class NeuronImages:
    """Three ways to look at a neuron."""

    best: tuple[PatchScene, ...]
    """Where it fired most, best first."""
    typical: tuple[PatchScene, ...]
    """At the quantiles `TYPICAL` of its activation."""
    least: tuple[PatchScene, ...]
    """Where it fired least, lowest first."""


def neuron_images(run: Run, unit: str, statistics: UnitStatistics, neuron: int, address: str) -> NeuronImages:
    """Return the images of one neuron.

    Args:
        run: The run.
        unit: Id of its unit.
        statistics: The unit's statistics.
        neuron: Its channel.
        address: Relative address of the run, for the images.

    """
    return _Images(run, unit, neuron, address).all(statistics)


class _Images:
    """Puts together what is known of one neuron's images."""

    def __init__(self, run: Run, unit: str, neuron: int, address: str) -> None:
        self.run = run
        self.neuron = neuron
        self.address = address
        self.finder = PatchFinder(run, unit)
        self.maps: UnitMaps | None = None if run.maps is None else run.maps.unit(unit)

    def all(self, statistics: UnitStatistics) -> NeuronImages:
        best: list[PatchScene] = []
        for place in self.finder.places(statistics, self.neuron):
            sample, value = int(statistics.top_sample[self.neuron, place]), statistics.top_value[self.neuron, place]
            position = int(statistics.top_y[self.neuron, place]), int(statistics.top_x[self.neuron, place])
            best.append(self._patch(sample, float(value), position))
        return NeuronImages(best=tuple(best), typical=self._typical(), least=self._least())

    def _typical(self) -> tuple[PatchScene, ...]:
        if self.maps is None:
            return ()
        chosen = zip(self.maps.typical[self.neuron].tolist(), TYPICAL, strict=True)
        found = [self._mapped(sample, quantile) for sample, quantile in chosen]
        return tuple(patch for patch in found if patch is not None)

    def _least(self) -> tuple[PatchScene, ...]:
        if self.maps is None:
            return ()
        found = [self._mapped(sample, None) for sample in self.maps.least[self.neuron].tolist()]
        return tuple(patch for patch in found if patch is not None)

    def _mapped(self, sample: int, quantile: float | None) -> PatchScene | None:
        """Return the scene of an image that only the third pass knows of; None when it was not kept."""
        row = None if self.maps is None or sample < 0 else self.maps.row(self.neuron, sample)
        if self.maps is None or row is None:
            return None
        position = int(self.maps.y[row]), int(self.maps.x[row])
        return self._patch(sample, float(self.maps.value[row]), position, quantile)

    def _patch(self, sample: int, value: float, position: tuple[int, int], quantile: float | None = None) -> PatchScene:
        row = None if self.maps is None else self.maps.row(self.neuron, sample)
        mean = None if self.maps is None or row is None else float(self.maps.mean[row])
        if sample not in self.run.pictures:
            return PatchScene(sample=sample, value=value, mean=mean, quantile=quantile)
        patch = self.finder.patch(sample, *position)
        facts = self.run.pictures.facts(sample)
        return PatchScene(
            sample=sample,
            value=value,
            image=f"{self.address}/image?sample={sample}",
            size=(facts.width, facts.height),
            box=patch.box,
            field=patch.field,
            label=facts.label if facts.label >= 0 else None,
            predicted=facts.predicted if facts.predicted >= 0 else None,
            map=None if self.maps is None or row is None else self._map(self.maps, row, sample),
            mean=mean,
            quantile=quantile,
        )

    def _map(self, maps: UnitMaps, row: int, sample: int) -> MapScene | None:
        """Return a map; None for a neuron that has a single value only, or none in a grid."""
        height, width = maps.values.shape[1:]
        if height * width == 1 or not np.isfinite(maps.maximum[row]):
            return None
        return MapScene(
            width=width,
            height=height,
            values=b64encode(maps.values[row].tobytes()).decode(),
            maximum=float(maps.maximum[row]),
            box=self.finder.map_box(sample),
        )
