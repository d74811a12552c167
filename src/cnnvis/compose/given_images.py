"""Images that a person gave, shown to the network: decoded, prepared as the run's own, answered."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int
from PIL import Image

from cnnvis.observe import Model
from cnnvis.observe.answer import Answered, answer
from cnnvis.observe.inputs import ImageSource, decode_image, prepare
from cnnvis.schema.errors import DataError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.worker import AnswerJob, AnswerResult, GivenImage, ImageAnswer, UnitAnswer
from cnnvis.store.pictures import png_bytes, to_array

LIKELIEST = 5
"""Outputs that are told of each image."""
LONGEST_SIDE = 256
"""Pixels of the pictures that the page shows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answering:
    """The network, and the data whose images others are made like.

    Args:
        model: The network.
        graph: Its layers.
        source: The data, in the form in which the model takes them.
        device: Where the model runs.
        output: Which of several outputs holds the logits.
        class_map: Label per output, -1 for none; None when output and label are the same number.

    """

    model: Model
    graph: LayerGraph
    source: ImageSource
    device: str | None = None
    output: str | int | None = None
    class_map: Int[np.ndarray, " outputs"] | None = None


def answer_given(network: Answering, job: AnswerJob, tell: Callable[[int, int, str], None]) -> AnswerResult:
    """Return what the network makes of images that a person gave; those that cannot be read are left out.

    One after the other: of a large image, all pixels are in memory.

    Args:
        network: The network.
        job: The images, and the units to look at.
        tell: Told how far this is; what it raises ends it.

    Raises:
        DataError: None of the images can be read, or prepared as the run's are.
        ModelError: The model fails.

    """
    found: list[tuple[ImageAnswer, Answered]] = []
    refused: list[DataError] = []
    for place, given in enumerate(job.images):
        tell(place, len(job.images), "showing the images to the network")
        one = _answered(network, given, job.units)
        if isinstance(one, DataError):
            refused.append(one)
        else:
            found.append(one)
    if not found:
        first = refused[0] if refused else DataError("No image came.", "Give at least one.")
        raise DataError(" ".join(error.message for error in refused) or first.message, first.remedy)
    return AnswerResult(
        images=tuple(one for one, _ in found),
        units=tuple(
            UnitAnswer(unit=unit, means=tuple(tuple(each.means[unit][0].tolist()) for _, each in found))
            for unit in job.units
            if all(unit in each.means for _, each in found)
        ),
        prepared=network.source.preprocessing,
        refused=tuple(error.message for error in refused),
    )


def _answered(
    network: Answering, given: GivenImage, units: tuple[str, ...]
) -> tuple[ImageAnswer, Answered] | DataError:
    """Return what the network makes of one image, or why it cannot be shown to it."""
    try:
        image = decode_image(given.name, given.data)
        inputs = prepare(network.source, [image]).inputs
    except DataError as error:
        return error
    found = answer(network.model, network.graph, inputs, units=units, device=network.device, output=network.output)
    likeliest = likeliest_labels(found.probabilities, network.class_map)
    told = ImageAnswer(
        name=given.name,
        picture=_picture(image),
        size=image.size,
        probabilities=likeliest[0] if likeliest else (),
    )
    return told, found


def likeliest_labels(
    probabilities: Float64[np.ndarray, "images outputs"] | None, class_map: Int[np.ndarray, " outputs"] | None
) -> list[tuple[tuple[int, float], ...]]:
    """Return label and probability of the likeliest outputs of each image; ties: the lower output; empty without any.

    Outputs without a class have the label -1. What is not finite has no probability: 0.
    """
    if probabilities is None:
        return []
    labels = np.arange(probabilities.shape[1]) if class_map is None else class_map
    finite = np.nan_to_num(probabilities, nan=0.0, posinf=0.0, neginf=0.0)
    order = np.argsort(-finite, axis=1, kind="stable")[:, :LIKELIEST]
    return [
        tuple((int(labels[output]), float(row[output])) for output in chosen)
        for row, chosen in zip(finite, order.tolist(), strict=True)
    ]


def _picture(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR)
    return png_bytes(to_array(small))
