"""Images that a person gave, as the page shows them: answers, and the clusters that answer otherwise."""

import numpy as np

from cnnvis.compose.image_set import answers_in, counts_of, hidden_columns, strongest
from cnnvis.compose.studio import Studio
from cnnvis.schema.images import ClassShare, ClusterAnswer, GivenImageScene, GivenScene
from cnnvis.schema.worker import AnswerResult, ImageAnswer


def given_units(studio: Studio) -> tuple[str, ...]:
    """Return the units whose answers to given images can be told: those that the run keeps probe answers of."""
    return tuple(layer for layer in hidden_columns(studio) if layer in studio.run.statistics.probe(layer).means)


def given_scene(studio: Studio, found: AnswerResult, address: str, label: int | None = None) -> GivenScene:
    """Return given images, and how the network answers to them.

    Args:
        studio: The run, with the clusters as the user has them.
        found: What the network made of the images.
        address: Relative address of their pictures, to which the place of one is added.
        label: Class whose profile the answers are compared with; None: that of each image's answer.

    Raises:
        KeyError: The run has no such class.

    """
    classes = len(studio.run.file.classes)
    if label is not None and label >= classes:
        raise KeyError(str(label))
    # Outputs beyond the classes have no profile.
    predicted = np.array([_predicted(each, classes) for each in found.images], np.int64)
    labels = predicted if label is None else np.full(len(found.images), label)
    answers: list[ClusterAnswer] = []
    for each in found.units:
        if each.unit in given_units(studio):
            answers += answers_in(studio, each.unit, np.array(each.means, np.float64), labels)
    return GivenScene(
        number=found.number,
        images=tuple(
            GivenImageScene(
                name=each.name,
                image=f"{address}{place}",
                size=each.size,
                answers=tuple(
                    ClassShare(label=own if 0 <= own < classes else None, share=share)
                    for own, share in each.probabilities
                ),
            )
            for place, each in enumerate(found.images)
        ),
        against=label,
        predictions=counts_of(predicted),
        answering=strongest(answers, [each.answer for each in answers]),
        differing=strongest(answers, [abs(each.answer - each.profile) for each in answers]),
        prepared=found.prepared,
        refused=found.refused,
    )


def _predicted(answer: ImageAnswer, classes: int) -> int:
    label = answer.probabilities[0][0] if answer.probabilities else -1
    return label if label < classes else -1
