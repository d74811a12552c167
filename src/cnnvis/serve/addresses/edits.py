"""The user's edits: make one, undo and redo, look at them, take them along, and wait for the next."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from cnnvis.compose.edits import ConflictError, EditBook, TooLateError
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
from cnnvis.schema.errors import CnnvisError, EditError, LockedError
from cnnvis.serve.address import Address, Body, Call, File, Get, Post, Refused, Reply
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
    asked = call.body
    return _changed(call, lambda edits: edits.make(asked.edit, on=asked.revision, until=call.until - _SPARE))


def _undo(call: Call[AtSnapshot, StepRequest]) -> Reply:
    return _changed(call, lambda edits: edits.undo(on=call.body.revision))


def _redo(call: Call[AtSnapshot, StepRequest]) -> Reply:
    return _changed(call, lambda edits: edits.redo(on=call.body.revision))


def _jump(call: Call[AtSnapshot, JumpRequest]) -> Reply:
    return _changed(call, lambda edits: edits.jump(call.body.done, on=call.body.revision))


def _changed(call: Call[Any, Any], change: Callable[[EditBook], EditsScene]) -> Reply:
    """Return the edits after a change; as they are, when what it builds on has changed meanwhile."""
    edits = call.studio.edits
    try:
        return change(edits)
    except ConflictError as error:
        return Refused(409, EditConflict(error=error.message, remedy=error.remedy, edits=edits.scene()))


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


def _change(
    path: str,
    work: Callable[[Call[AtSnapshot, Body]], Reply],
    body: type[Body],
    *,
    summary: str,
    tells: str = "",
    slow: bool = False,
    errors: tuple[type[CnnvisError], ...] = (),
) -> Address:
    """Return an address that changes the edits, which are answered as they are then."""
    return Post(
        path=path,
        work=work,
        asks=AtSnapshot,
        body=body,
        answer=EditsScene,
        summary=summary,
        tells=tells,
        errors=(ConflictError, EditError, LockedError, *errors),
        more={409: EditConflict},
        changes=True,
        slow=slow,
        seconds=EDIT_SECONDS,
    )


EDITS = (
    Get(
        path="runs/{run}/edits",
        work=_scene,
        asks=AtSnapshot,
        answer=EditsScene,
        summary="The user's edits as they are now: history, edited layers, what can be undone.",
        errors=(LockedError,),
    ),
    _change(
        "runs/{run}/edits",
        _make,
        EditRequest,
        summary="Make an edit; it is on the disk when this is answered.",
        tells="An edit that was decided on while looking at an older revision is made all the same where what it "
        "builds on is unchanged; else it is refused with the edits as they are.",
        slow=True,
        errors=(TooLateError,),
    ),
    _change("runs/{run}/edits/undo", _undo, StepRequest, summary="Take the newest edit back."),
    _change("runs/{run}/edits/redo", _redo, StepRequest, summary="Make the edit again that was undone last."),
    _change(
        "runs/{run}/edits/jump",
        _jump,
        JumpRequest,
        summary="Undo or redo until so many edits hold, all at once.",
    ),
    Get(
        path="runs/{run}/edits/history",
        work=_history,
        asks=AskHistory,
        answer=HistoryPage,
        summary="A part of the history list, oldest first; undone edits stand at its end.",
        errors=(LockedError,),
    ),
    Post(
        path="runs/{run}/edits/preview",
        work=_preview,
        asks=AtSnapshot,
        body=Regroup,
        answer=Regrouping,
        summary="A layer as it is, and as it would be when grouped anew; nothing is kept.",
        errors=(EditError, LockedError),
        slow=True,
        seconds=EDIT_SECONDS,
    ),
    Get(
        path="runs/{run}/edits/export",
        work=_export,
        asks=AtSnapshot,
        answer=EditsFile,
        summary="All edited layers as a file that can be taken to another run.",
        errors=(LockedError,),
        slow=True,
    ),
    Post(
        path="runs/{run}/edits/import",
        work=_take_over,
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
    Get(
        path="runs/{run}/edits/events",
        work=_events,
        asks=AskEvents,
        answer=EditsRevision,
        summary="Wait for the next edit.",
        tells=f"Answered as soon as the newest revision is another one than the page knows, or after "
        f"{LONGEST_WAIT:g} seconds. At most {MOST_WAITING} requests wait at a time.",
        errors=(LockedError, CrowdedError),
    ),
)
