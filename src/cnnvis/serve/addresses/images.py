"""Sets of images that a person looks at: probe images by class, mistake, neuron or hand, and saved groups."""

from typing import Annotated

from msgspec import Meta, field

from cnnvis.compose.image_set import image_set
from cnnvis.schema.errors import AbsentError, LockedError
from cnnvis.schema.images import MOST_IMAGES, ClassIndex, ImageChoice, ImageSetScene, Sample
from cnnvis.serve.address import Call, Get, Reply
from cnnvis.serve.snapshots import AtSnapshot

NeuronId = Annotated[
    str, Meta(min_length=1, max_length=500, description="Id of a neuron such as `relu:3`: those that excite it most.")
]
GroupId = Annotated[str, Meta(min_length=1, max_length=100, description="Id of a saved group, such as `g1`.")]


class AskImageSet(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which probe images: those for which everything that is given holds; nothing given: all of them."""

    label: ClassIndex | None = field(default=None, name="class")
    answered: ClassIndex | None = None
    wrong: Annotated[bool, Meta(description="Whether only those that were answered wrongly.")] = False
    neuron: NeuronId | None = None
    sample: Annotated[
        tuple[Sample, ...], Meta(max_length=MOST_IMAGES, description="Ids of images chosen by hand.")
    ] = ()
    group: GroupId | None = None


def _set(call: Call[AskImageSet, None]) -> Reply:
    asked = call.asked
    choice = ImageChoice(
        label=asked.label,
        answered=asked.answered,
        wrong=asked.wrong,
        neuron=asked.neuron,
        samples=asked.sample or None,
        group=asked.group,
    )
    return image_set(call.studio, choice)


IMAGES = (
    Get(
        path="runs/{run}/image-set",
        work=_set,
        asks=AskImageSet,
        answer=ImageSetScene,
        summary="Some probe images, their mistakes, and the clusters that answer otherwise than their classes do.",
        tells="Everything that is given must hold of an image; nothing given asks for all probe images.",
        errors=(AbsentError, LockedError),
        slow=True,
        missing="class, neuron or group",
    ),
)
