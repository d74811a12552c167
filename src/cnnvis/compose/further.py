"""What is looked at after the pass over the data: contributions and activation maps, neither of which may lose it."""

from dataclasses import dataclass

from cnnvis.observe import Model
from cnnvis.observe.collect import Collected, CollectOptions
from cnnvis.observe.contribute import Contributed, ContributionLimits, contribute
from cnnvis.observe.inputs.source import ImageSource
from cnnvis.observe.maps import map_images
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.maps import ActivationMaps
from cnnvis.schema.statistics import Contributions

SHARE = 10
"""One image in so many is looked at again: with a backward pass for each class looked at, it takes seven times as long
as in the pass over the data (ResNet-20, 5,000 images: the second pass takes 0.7 of the first)."""
FEW_SHARE = 4
"""The same with one class that each is confused with, instead of five."""
FEWEST_IMAGES = 200
PER_CLASS = 2
"""Images of each class to look at, if that does not take too long."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Further:
    """What the further passes found."""

    contributions: Contributions | None = None
    maps: ActivationMaps | None = None
    warnings: tuple[str, ...] = ()


def look_further(
    model: Model,
    source: ImageSource,
    graph: LayerGraph,
    *,
    collected: Collected,
    options: CollectOptions,
    contributions: bool = True,
) -> Further:
    """Run the passes that follow a complete one; what goes wrong in them becomes a warning.

    Args:
        model: The network.
        source: The data, read again.
        graph: The network's layers.
        collected: What the pass over the data found.
        options: What that pass was told.
        contributions: Whether to look at contributions; without classes there are none in any case.

    """
    scored = collected.facts.correct is not None or options.by_prediction
    found = _contributed(model, source, graph, collected, options) if contributions and scored else None
    mapped = map_images(model, source, graph, collected=collected, options=options)
    return Further(
        contributions=None if found is None else found.contributions,
        maps=mapped.maps,
        warnings=(*(() if found is None else found.warnings), *mapped.warnings),
    )


def _contributed(
    model: Model, source: ImageSource, graph: LayerGraph, collected: Collected, options: CollectOptions
) -> Contributed:
    limits = contribution_limits(collected.facts.images_seen, classes=options.classes)
    try:
        return contribute(model, source, graph, statistics=collected.statistics, options=options, limits=limits)
    except (CnnvisError, RuntimeError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        # The collected run is worth more than a second look at it, whatever a model does with gradients.
        reason = " ".join(str(error).split()) or type(error).__name__
        warning = (
            f"Contributions failed ({reason}); all else is there. "
            "Analyse again with --no-contributions to go without, or on another device if memory ran out."
        )
        return Contributed(contributions=None, images=0, planned=0, seconds=0.0, warnings=(warning,))


def contribution_limits(images: int, *, classes: int) -> ContributionLimits:
    """Return how far the second pass goes, so that it takes no longer than the pass over so many images.

    Of few images some hundred are looked at in any case. Where there are few per class, fewer confused classes are
    looked at, so that more classes come to their turn.
    """
    wanted = PER_CLASS * classes
    if images // SHARE >= wanted or wanted <= FEWEST_IMAGES:
        return ContributionLimits(images=max(FEWEST_IMAGES, images // SHARE))
    return ContributionLimits(images=max(FEWEST_IMAGES, min(wanted, images // FEW_SHARE)), confused=1)


def contribution_seconds(images: int, each: float, *, classes: int) -> float:
    """Return how long the second pass takes, where the first takes ``each`` seconds per image.

    A forward pass per image and a backward pass, about as long, for its own class and each that it is confused with.
    """
    limits = contribution_limits(images, classes=classes)
    looked_at = min(images, limits.images or images)
    return looked_at * each * (1 + min(classes, 1 + limits.confused))
