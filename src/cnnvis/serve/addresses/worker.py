"""The process with the network: what it does for a run, and orders to it."""

import shlex
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from cnnvis.compose.image_set import image_set
from cnnvis.compose.link_desk import WorkOrder
from cnnvis.schema.errors import AbsentError, ServeError
from cnnvis.schema.worker import AblateJob, ColumnsOrder, PathOrder, WorkerState
from cnnvis.serve.address import Address, Body, Call, Get, Nothing, Post, Reply
from cnnvis.serve.worker.process import BusyError, NotEnabledError
from cnnvis.store.reader import Run

_LARGEST_JOB = 8 << 20
PATH_IMAGES = 50
"""Images that a way is found on at most: a pass of each per cluster."""


def _state(call: Call[Nothing, None]) -> Reply:
    run = call.studio.run
    return _named(call.services.worker.state(call.run), run, read_only=call.services.read_only)


def _cancel(call: Call[Nothing, None]) -> Reply:
    run = call.studio.run
    return _named(call.services.worker.cancel(call.run), run, read_only=call.services.read_only)


def _check(call: Call[Nothing, ColumnsOrder]) -> Reply:
    return begun(call, call.studio.links.check_order(call.body.columns, call.body.images))


def _ablate(call: Call[Nothing, AblateJob]) -> Reply:
    return begun(call, WorkOrder(job=call.body, keep=lambda result: result))


def _connect(call: Call[Nothing, ColumnsOrder]) -> Reply:
    return begun(call, call.studio.links.connect_order(call.body.columns, call.body.images))


def _path(call: Call[Nothing, PathOrder]) -> Reply:
    asked, studio = call.body, call.studio
    samples = [each.sample for each in image_set(studio, asked.choice).members]
    if not samples:
        raise AbsentError("No probe image is like that.", "Choose other images.")
    return begun(call, studio.links.path_order(asked.columns, asked.label, samples, PATH_IMAGES))


def begun(call: Call[Any, Any], order: WorkOrder) -> Reply:
    """Begin what is ordered, and return the worker's state; NotEnabledError with the command that enables it."""
    run = call.studio.run
    try:
        state = call.services.worker.ask(call.run, run.path, run.snapshot.step, order.job, keep=order.keep)
    except NotEnabledError as error:
        raise NotEnabledError(error.message, f"Start it with: {_how_to_enable(run)}") from error
    return _named(state, run, read_only=call.services.read_only)


def _named(state: WorkerState, run: Run, *, read_only: bool) -> WorkerState:
    """Add how long an image takes, and how to get a worker unless there is one or who asks cannot have one."""
    each = run.snapshot.seconds / run.snapshot.images_seen if run.snapshot.images_seen else None
    how = "" if state.enabled or read_only else _how_to_enable(run)
    return replace(state, how=how, image_seconds=each)


def _how_to_enable(run: Run) -> str:
    """Return the command that opens a run together with its network, as far as the run tells it."""
    facts = run.file.model
    model = facts.source if ":" in facts.source else "MODULE:FUNCTION"
    words = ["cnnvis", "open", str(run.path), "--model", model]
    if facts.checkpoint:
        words += ["--checkpoint", facts.checkpoint]
    return f"{shlex.join(words)} --data DATA (and the other options that the analysis had)"


def _order(path: str, work: Callable[[Call[Nothing, Body]], Reply], body: type[Body], *, summary: str) -> Address:
    """Return an address that begins a job."""
    return Post(
        path=path,
        work=work,
        asks=Nothing,
        body=body,
        answer=WorkerState,
        summary=summary,
        tells="Answered at once; look at the state for how far it is and what came of it. It does one thing at a time.",
        status=202,
        errors=(AbsentError, BusyError, NotEnabledError, ServeError),
        changes=True,
        missing="layer, class, neuron or group",
        largest=_LARGEST_JOB,
    )


WORKER = (
    Get(
        path="runs/{run}/worker",
        work=_state,
        asks=Nothing,
        answer=WorkerState,
        summary="How far the run's latest job is, and what came of it.",
    ),
    _order(
        "runs/{run}/worker/check",
        _check,
        ColumnsOrder,
        summary="Remove every cluster of some columns for real, and compare with what the connections promise.",
    ),
    _order(
        "runs/{run}/worker/ablate",
        _ablate,
        AblateJob,
        summary="Remove some neurons for real, and see what becomes of clusters, outputs and accuracy.",
    ),
    _order(
        "runs/{run}/worker/connect",
        _connect,
        ColumnsOrder,
        summary="Find out the connections by contribution between the clusters of some columns, as they are now.",
    ),
    _order(
        "runs/{run}/worker/path",
        _path,
        PathOrder,
        summary="Find the strongest way back from a class on some probe images alone.",
    ),
    Post(
        path="runs/{run}/worker/cancel",
        work=_cancel,
        asks=Nothing,
        body=None,
        answer=WorkerState,
        summary="End the run's job.",
        changes=True,
    ),
)
