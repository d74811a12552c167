"""Everything about one neuron: its numbers, its class profile and the places where it fired most."""

import numpy as np
from jaxtyping import Float, Int

from cnnvis.compose.patch_scenes import neuron_images
from cnnvis.schema.scene import NeuronScene, Suppression
from cnnvis.schema.statistics import UnitContributions
from cnnvis.store.reader import Run

MOST_SUPPRESSED = 5


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
    kept = run.contributions
    found = kept.unit(unit) if kept is not None and unit in kept.units else None
    images = neuron_images(run, unit, statistics, neuron, address)
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
        contributions=_contributions(found, neuron),
        suppressed=() if kept is None or found is None else _suppressed(found, kept.confused, neuron),
        patches=images.best,
        typical=images.typical,
        least=images.least,
    )


def _contributions(found: UnitContributions | None, neuron: int) -> tuple[float | None, ...] | None:
    return None if found is None else tuple(finite(value) for value in found.values[:, neuron])


def _suppressed(
    found: UnitContributions, confused: Int[np.ndarray, "classes confused"], neuron: int
) -> tuple[Suppression, ...]:
    """Return what the neuron says most strongly against classes that others are confused with."""
    values = found.confused_values[:, :, neuron]
    against = np.argwhere(np.isfinite(values) & (values < 0) & (confused >= 0))
    pairs = [(float(values[label, place]), int(label), int(confused[label, place])) for label, place in against]
    return tuple(
        Suppression(label=label, confused=other, value=value) for value, label, other in sorted(pairs)[:MOST_SUPPRESSED]
    )


def finite(value: Float[np.ndarray, ""] | np.floating | float) -> float | None:
    """Return a number that JSON can hold: None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None
