"""A recorded training: what there is to draw, curves, layers, findings, and what is new."""

import time
from typing import Annotated, Any

from msgspec import Meta, Struct

from cnnvis.compose.training import Training
from cnnvis.schema.errors import AbsentError, CnnvisError
from cnnvis.schema.findings import Diagnosis
from cnnvis.schema.scene import BecomingScene
from cnnvis.schema.training import CurvesScene, LayersScene, LiveState, StepScene, TrainingScene
from cnnvis.serve.address import Call, Get, LayerId, Nothing, Reply
from cnnvis.serve.problems import CrowdedError, ParameterError
from cnnvis.serve.services import LONGEST_WAIT, MOST_WAITING
from cnnvis.serve.snapshots import AtSnapshot, Step

LOOK_EVERY = 0.5
"""Seconds between two looks at a training that goes on."""
LOOK_SECONDS = 60.0
"""Within which a look is over: the first one of a long series reads all of it."""
MOST_NAMES, MOST_BUCKETS = 64, 4096

_Name = Annotated[str, Meta(min_length=1, max_length=500)]


class AskSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which steps, and how finely."""

    first: Annotated[Step | None, Meta(description="First step that is drawn; none: all, and `last` is left out.")] = (
        None
    )
    last: Annotated[Step | None, Meta(description="Last step that is drawn.")] = None
    buckets: Annotated[int, Meta(ge=1, le=MOST_BUCKETS, description="Pixels that the steps are drawn on.")] = 400

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last step; None for all. ParameterError for steps that are no span."""
        if self.first is None and self.last is None:
            return None
        if self.first is None or self.last is None:
            raise ParameterError("A span has a first and a last step.", "Give ?first=0&last=100, for example.")
        if self.first > self.last:
            message = f"The span from {self.first} to {self.last} ends before it begins."
            raise ParameterError(message, "Give ?first=0&last=100, for example.")
        return self.first, self.last


class AskCurves(AskSpan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines."""

    curve: Annotated[
        tuple[_Name, ...],
        Meta(min_length=1, max_length=MOST_NAMES, description="Place and name of each line, such as `0:loss`."),
    ]


class AskLayers(AskSpan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows of the table of layers."""

    row: Annotated[tuple[_Name, ...], Meta(min_length=1, max_length=MOST_NAMES, description="Ids of rows.")]


class AskStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which step."""

    step: Step


class AskBecoming(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which layer's clusters."""

    layer: LayerId


class AskNews(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page has already."""

    mark: Annotated[str, Meta(max_length=100, description="Mark of the state that the page has.")] = ""


def _scene(call: Call[Nothing, None]) -> Reply:
    return _training(call).scene()


def _curves(call: Call[AskCurves, None]) -> Reply:
    asked = call.asked
    return _training(call).curves([_placed(one) for one in asked.curve], buckets=asked.buckets, span=asked.span)


def _layers(call: Call[AskLayers, None]) -> Reply:
    asked = call.asked
    return _training(call).layers(asked.row, buckets=asked.buckets, span=asked.span)


def _step(call: Call[AskStep, None]) -> Reply:
    return _training(call).at(call.asked.step)


def _findings(call: Call[Nothing, None]) -> Reply:
    return _training(call).findings()


def _becoming(call: Call[AskBecoming, None]) -> Reply:
    studio = call.studio
    return studio.becoming(call.asked.layer, studio.run.steps)


async def _events(call: Call[AskNews, None]) -> Reply:
    """Answer with the state of the training as soon as it is another one than the page has, or after a while."""
    services = call.services
    end = time.monotonic() + LONGEST_WAIT

    def look() -> LiveState:
        # Asked for anew each time: the training may have been recorded anew.
        return services.shelf.training(call.run).state(judge=True)

    with services.seats.taken():
        state = await services.judges.do(look, seconds=LOOK_SECONDS)
        while state.mark == call.asked.mark and not await call.gone():
            if not await services.seats.pause(LOOK_EVERY, until=end):
                break
            try:
                state = await services.judges.do(look, seconds=LOOK_SECONDS)
            except CnnvisError:
                continue  # being replaced at this very moment, or gone for good: the next request is told
    return state


def _training(call: Call[Any, None]) -> Training:
    return call.services.shelf.training(call.run)


def _placed(value: str) -> tuple[str, int]:
    """Read ``0:loss``: the number of the place, and the name."""
    place, _, name = value.partition(":")
    if not (place.isascii() and place.isdecimal()) or len(place) > 9 or not name:
        message = f"The parameter 'curve' is {value[:60]!r}, not a place and a name."
        raise ParameterError(message, "Give ?curve=0:loss, for example.")
    return name, int(place)


TRAINING = (
    Get(
        path="runs/{run}/training",
        work=_scene,
        asks=Nothing,
        answer=TrainingScene,
        summary="What there is to draw of a recorded training: plots, layers, snapshots, events.",
        errors=(AbsentError,),
        slow=True,
    ),
    Get(
        path="runs/{run}/training/curves",
        work=_curves,
        asks=AskCurves,
        answer=CurvesScene,
        summary="Lines over steps, with as many points as can be seen.",
        errors=(AbsentError,),
        slow=True,
        missing="curve",
    ),
    Get(
        path="runs/{run}/training/layers",
        work=_layers,
        asks=AskLayers,
        answer=LayersScene,
        summary="Quantities of all layers over steps: least and greatest value in each span.",
        errors=(AbsentError,),
        slow=True,
        missing="row",
    ),
    Get(
        path="runs/{run}/training/step",
        work=_step,
        asks=AskStep,
        answer=StepScene,
        summary="What was measured of the layers last, up to a step.",
        errors=(AbsentError,),
        slow=True,
    ),
    Get(
        path="runs/{run}/training/findings",
        work=_findings,
        asks=Nothing,
        answer=Diagnosis,
        summary="What is wrong with the training, as `cnnvis check` says it.",
        errors=(AbsentError,),
        slow=True,
    ),
    Get(
        path="runs/{run}/training/becoming",
        work=_becoming,
        asks=AskBecoming,
        answer=BecomingScene,
        summary="How the clusters of a layer came to be over the snapshots.",
        slow=True,
    ),
    Get(
        path="runs/{run}/training/events",
        work=_events,
        asks=AskNews,
        answer=LiveState,
        summary="Wait for news of a training: steps, snapshots, findings.",
        tells=f"Answered as soon as the state is another one than the page has, or after {LONGEST_WAIT:g} seconds. At "
        f"most {MOST_WAITING} requests wait at a time.",
        errors=(AbsentError, CrowdedError),
    ),
)
