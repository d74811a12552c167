"""What the network mistakes, and which clusters tell two sets of images apart."""

from typing import Annotated

from msgspec import Meta

from cnnvis.compose.contrast import contrast, mistakes
from cnnvis.schema.contrast import Against, ContrastScene, MistakesScene
from cnnvis.schema.errors import AbsentError
from cnnvis.serve.address import Call, Get, Reply
from cnnvis.serve.problems import ParameterError
from cnnvis.serve.snapshots import AtSnapshot

_Class = Annotated[int, Meta(ge=0, le=10**9, description="Index of a class.")]


class AskMistakes(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which class."""

    label: _Class


class AskContrast(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which images."""

    label: _Class
    other: _Class
    against: Annotated[
        Against,
        Meta(
            description="right: images of the class that were answered with the other one, against those that were "
            "answered right; other: all images of the two classes."
        ),
    ]


def _mistakes(call: Call[AskMistakes, None]) -> Reply:
    return mistakes(call.studio.run, call.asked.label)


def _contrast(call: Call[AskContrast, None]) -> Reply:
    asked = call.asked
    if asked.label == asked.other:
        raise ParameterError("A class is compared with another one.", "Give another number for ?other=.")
    return contrast(call.studio, label=asked.label, other=asked.other, against=asked.against)


CONTRAST = (
    Get(
        path="runs/{run}/mistakes",
        work=_mistakes,
        asks=AskMistakes,
        answer=MistakesScene,
        summary="What the images of a class are taken for, and whose images are taken for it.",
        errors=(AbsentError,),
        missing="class",
    ),
    Get(
        path="runs/{run}/contrast",
        work=_contrast,
        asks=AskContrast,
        answer=ContrastScene,
        summary="The clusters that answer most differently to two sets of probe images.",
        errors=(AbsentError,),
        slow=True,
        missing="class",
    ),
)
