"""Everything about one neuron: its numbers, its class profile and the places where it fired most."""

import numpy as np
from jaxtyping import Float

from cnnvis.compose.patches import PatchFinder
from cnnvis.schema.scene import NeuronScene, PatchScene
from cnnvis.schema.statistics import UnitStatistics
from cnnvis.store.reader import Run


def build_neuron(run: Run, unit: str, neuron: int, cluster: str, address: str) -> NeuronScene:
    """Return one neuron's scene.

    Args:
        run: The run.
        unit: Id of its unit.
        neuron: Its channel.
        cluster: Id of the cluster it is in.
        address: Relative address of the run, for the images.

    """
    statistics = run.statistics.unit(unit)
    return NeuronScene(
        id=f"{unit}:{neuron}",
        layer=unit,
        neuron=neuron,
        cluster=cluster,
        mean=finite(statistics.mean[neuron]),
        deviation=finite(statistics.std[neuron]),
        minimum=finite(statistics.minimum[neuron]),
        maximum=finite(statistics.maximum[neuron]),
        active=finite(statistics.active[neuron]),
        nonfinite=int(statistics.nonfinite[neuron]),
        profile=tuple(finite(value) for value in statistics.after_mean[:, neuron]),
        patches=_patches(run, unit, statistics, neuron, address),
    )


def finite(value: Float[np.ndarray, ""] | np.floating | float) -> float | None:
    """Return a number that JSON can hold: None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None


def _patches(run: Run, unit: str, statistics: UnitStatistics, neuron: int, address: str) -> tuple[PatchScene, ...]:
    finder = PatchFinder(run, unit)
    found: list[PatchScene] = []
    for place in finder.places(statistics, neuron):
        sample, value = int(statistics.top_sample[neuron, place]), float(statistics.top_value[neuron, place])
        if sample not in run.pictures:
            found.append(PatchScene(sample=sample, value=value))
            continue
        patch = finder.patch(sample, int(statistics.top_y[neuron, place]), int(statistics.top_x[neuron, place]))
        facts = run.pictures.facts(sample)
        found.append(
            PatchScene(
                sample=sample,
                value=value,
                image=f"{address}/image?sample={sample}",
                size=(facts.width, facts.height),
                box=patch.box,
                field=patch.field,
                label=facts.label if facts.label >= 0 else None,
                predicted=facts.predicted if facts.predicted >= 0 else None,
            )
        )
    return tuple(found)
