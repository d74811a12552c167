"""The user's edits: make one, undo and redo, look at them, take them along, and wait for the next."""

import time
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from cnnvis.compose.edits import ConflictError, TooLateError
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import (
    CarryReport,
    EditConflict,
    EditRequest,
    EditsFile,
    EditsRevision,
    EditsScene,
    HistoryPage,
    JumpRequest,
    Regroup,
    Regrouping,
    StepRequest,
)
from cnnvis.schema.errors import EditError, LockedError
from cnnvis.serve.address import Call, File, Refused, Reply, get, post
from cnnvis.serve.problems import JSON, CrowdedError
from cnnvis.serve.services import LONGEST_WAIT, LOOK_EVERY, MOST_WAITING
from cnnvis.serve.snapshots import AtSnapshot
from cnnvis.store.edits import PATIENCE

LARGEST_IMPORT = 64 << 20
LONGEST_PAGE = 200
"""Entries of the history that are sent at one time."""
EDIT_SECONDS = 60.0
"""Within which an edit is answered."""
_SPARE = PATIENCE + 5
"""Seconds before its end after which an edit is given up: none is made that was already answered with a refusal."""


class AskEvents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page has already."""

    after: Annotated[int, Meta(ge=0, le=10**15, description="Revision that the page knows.")] = 0


class AskHistory(AtSnapshot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the history list."""

    first: Annotated[int, Meta(ge=0, le=10**15, description="Place of the first entry.")] = 0
    count: Annotated[int, Meta(ge=0, le=LONGEST_PAGE, description="Entries to send.")] = LONGEST_PAGE


def _scene(call: Call[AtSnapshot, None]) -> Reply:
    studio = call.studio
    studio.get_ready()
    return studio.edits.scene()


def _history(call: Call[AskHistory, None]) -> Reply:
    return call.studio.edits.history(call.asked.first, call.asked.count)


def _make(call: Call[AtSnapshot, EditRequest]) -> Reply:
    studio, asked = call.studio, call.body
    try:
        return studio.edits.make(asked.edit, on=asked.revision, until=call.until - _SPARE)
    except ConflictError as error:
        return _conflict(error, studio)


def _undo(call: Call[AtSnapshot, StepRequest]) -> Reply:
    studio = call.studio
    try:
        return studio.edits.undo(on=call.body.revision)
    except ConflictError as error:
        return _conflict(error, studio)


def _redo(call: Call[AtSnapshot, StepRequest]) -> Reply:
    studio = call.studio
    try:
        return studio.edits.redo(on=call.body.revision)
    except ConflictError as error:
        return _conflict(error, studio)


def _jump(call: Call[AtSnapshot, JumpRequest]) -> Reply:
    studio = call.studio
    try:
        return studio.edits.jump(call.body.done, on=call.body.revision)
    except ConflictError as error:
        return _conflict(error, studio)


def _conflict(error: ConflictError, studio: Studio) -> Reply:
    return Refused(409, EditConflict(error=error.message, remedy=error.remedy, edits=studio.edits.scene()))


def _preview(call: Call[AtSnapshot, Regroup]) -> Reply:
    return call.studio.preview(call.body)


def _export(call: Call[AtSnapshot, None]) -> Reply:
    return File(data=msgspec.json.encode(call.studio.edits.export()), media_type=JSON, name="edits.json")


def _take_over(call: Call[AtSnapshot, EditsFile]) -> Reply:
    return call.studio.edits.take_over(call.body, until=call.until - _SPARE)


async def _events(call: Call[AskEvents, None]) -> Reply:
    """Answer with the newest revision as soon as it is another one than the page has, or after a while."""
    services = call.services
    end = time.monotonic() + LONGEST_WAIT
    with services.seats.taken():
        while True:
            revision = await services.watchers.do(lambda: services.revisions.newest(call.run), seconds=EDIT_SECONDS)
            if revision != call.asked.after or await call.gone():
                return EditsRevision(revision=revision)
            if not await services.seats.pause(LOOK_EVERY, until=end):
                return EditsRevision(revision=revision)


_CHANGE: dict[str, object] = {"changes": True, "seconds": EDIT_SECONDS, "more": {409: EditConflict}}
EDITS = (
    get(
        "runs/{run}/edits",
        _scene,
        asks=AtSnapshot,
        answer=EditsScene,
        summary="The user's edits as they are now: history, edited layers, what can be undone.",
        errors=(LockedError,),
    ),
    post(
        "runs/{run}/edits",
        _make,
        asks=AtSnapshot,
        body=EditRequest,
        answer=EditsScene,
        summary="Make an edit; it is on the disk when this is answered.",
        tells="An edit that was decided on while looking at an older revision is made all the same where what it "
        "builds on is unchanged; else it is refused with the edits as they are.",
        errors=(ConflictError, EditError, LockedError, TooLateError),
        slow=True,
        **_CHANGE,
    ),
    post(
        "runs/{run}/edits/undo",
        _undo,
        asks=AtSnapshot,
        body=StepRequest,
        answer=EditsScene,
        summary="Take the newest edit back.",
        errors=(ConflictError, EditError, LockedError),
        **_CHANGE,
    ),
    post(
        "runs/{run}/edits/redo",
        _redo,
        asks=AtSnapshot,
        body=StepRequest,
        answer=EditsScene,
        summary="Make the edit again that was undone last.",
        errors=(ConflictError, EditError, LockedError),
        **_CHANGE,
    ),
    post(
        "runs/{run}/edits/jump",
        _jump,
        asks=AtSnapshot,
        body=JumpRequest,
        answer=EditsScene,
        summary="Undo or redo until so many edits hold, all at once.",
        errors=(ConflictError, EditError, LockedError),
        **_CHANGE,
    ),
    get(
        "runs/{run}/edits/history",
        _history,
        asks=AskHistory,
        answer=HistoryPage,
        summary="A part of the history list, oldest first; undone edits stand at its end.",
        errors=(LockedError,),
    ),
    post(
        "runs/{run}/edits/preview",
        _preview,
        asks=AtSnapshot,
        body=Regroup,
        answer=Regrouping,
        summary="A layer as it is, and as it would be when grouped anew; nothing is kept.",
        errors=(EditError, LockedError),
        slow=True,
        seconds=EDIT_SECONDS,
    ),
    get(
        "runs/{run}/edits/export",
        _export,
        asks=AtSnapshot,
        answer=EditsFile,
        summary="All edited layers as a file that can be taken to another run.",
        errors=(LockedError,),
        slow=True,
    ),
    post(
        "runs/{run}/edits/import",
        _take_over,
        asks=AtSnapshot,
        body=EditsFile,
        answer=CarryReport,
        summary="Take over the edited layers of an exported file, as one edit.",
        errors=(EditError, LockedError, TooLateError),
        slow=True,
        changes=True,
        seconds=EDIT_SECONDS,
        largest=LARGEST_IMPORT,
    ),
    get(
        "runs/{run}/edits/events",
        _events,
        asks=AskEvents,
        answer=EditsRevision,
        summary="Wait for the next edit.",
        tells=f"Answered as soon as the newest revision is another one than the page knows, or after "
        f"{LONGEST_WAIT:g} seconds. At most {MOST_WAITING} requests wait at a time.",
        errors=(LockedError, CrowdedError),
    ),
)
