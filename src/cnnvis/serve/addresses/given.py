"""Images that a person gives: shown to the network, and kept in memory for as long as the server runs."""

from typing import Annotated

from msgspec import Meta, Struct, field

from cnnvis.compose.given_scene import given_scene, given_units
from cnnvis.compose.link_desk import WorkOrder
from cnnvis.schema.errors import ServeError
from cnnvis.schema.images import ClassIndex, GivenScene
from cnnvis.schema.worker import LARGEST_GIVEN, MOST_GIVEN, AnswerJob, AnswerResult, GivenImages, JobResult, WorkerState
from cnnvis.serve.address import Call, File, Get, Media, Nothing, Post, Reply
from cnnvis.serve.addresses.worker import begun
from cnnvis.serve.problems import TooLargeError
from cnnvis.serve.snapshots import AtSnapshot
from cnnvis.serve.worker.process import BusyError, NotEnabledError

LARGEST = 48 << 20
"""Bytes of a request: a third more than the images, for Base64."""
_Number = Annotated[int, Meta(ge=0, le=10**15, description="Number of the set.")]


class AskGiven(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which set, and what it is compared with."""

    number: _Number
    label: ClassIndex | None = field(default=None, name="class")


class AskGivenImage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which image of which set."""

    number: _Number
    place: Annotated[int, Meta(ge=0, le=MOST_GIVEN, description="Place in the set, from 0.")]


def _answer(call: Call[Nothing, GivenImages]) -> Reply:
    large = next((each for each in call.body.images if len(each.data) > LARGEST_GIVEN), None)
    if large is not None:
        raise TooLargeError(f"{large.name} is too large.", f"Give images of at most {LARGEST_GIVEN >> 20} MB.")
    job = AnswerJob(images=call.body.images, units=given_units(call.studio))

    def keep(result: JobResult) -> JobResult:
        return call.services.given.keep(call.run, result) if isinstance(result, AnswerResult) else result

    return begun(call, WorkOrder(job=job, keep=keep))


def _scene(call: Call[AskGiven, None]) -> Reply:
    asked = call.asked
    found = call.services.given.get(call.run, asked.number)
    return given_scene(call.studio, found, f"given/image?number={asked.number}&place=", asked.label)


def _image(call: Call[AskGivenImage, None]) -> Reply:
    images = call.services.given.get(call.run, call.asked.number).images
    if call.asked.place >= len(images):
        raise KeyError(str(call.asked.place))
    return File(data=images[call.asked.place].picture, media_type="image/png")


GIVEN = (
    Post(
        path="runs/{run}/worker/answer",
        work=_answer,
        asks=Nothing,
        body=GivenImages,
        answer=WorkerState,
        summary="Show images that a person gives to the network.",
        tells="Answered at once; the result of the worker's state has the number under which the set can be looked at. "
        "Nothing of it is written to the disk, and only the latest sets are kept until the server ends.",
        status=202,
        errors=(BusyError, NotEnabledError, ServeError),
        changes=True,
        largest=LARGEST,
    ),
    Get(
        path="runs/{run}/given",
        work=_scene,
        asks=AskGiven,
        answer=GivenScene,
        summary="Images that a person gave, and the clusters that answer otherwise than the class does.",
        slow=True,
        missing="set of given images, or class,",
    ),
    Get(
        path="runs/{run}/given/image",
        work=_image,
        asks=AskGivenImage,
        answer=Media(("image/png",)),
        summary="A small picture of an image that a person gave.",
        missing="given image",
    ),
)
