"""The worker's side alone, over pipes in this process."""

import os
import threading
from typing import BinaryIO

import msgspec

from cnnvis.schema.worker import AblateResult, Ask, Cancel, Cancelled, Done, Failed, Progress, Report
from cnnvis.serve.worker.channel import Channel, Tell
from tests.serve.worker.helpers import FINE, LONG, job

RESULT = AblateResult(images=3, drops=(), logit_drops=(0.5,), accuracy=1.0, accuracy_after=0.5, classes=(), fill="mean")


def pipe() -> tuple[BinaryIO, BinaryIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb", buffering=0)


def work(ask: Ask, tell: Tell) -> AblateResult:
    tell(0, 5, "first")
    tell(1, 5, "too soon to be reported")
    while ask.job.images == LONG:
        tell(2, 5, "again")
    return RESULT


def test_orders_are_done_in_turn_cancelled_and_end_with_the_pipe() -> None:
    (orders, to_worker), (from_worker, reports) = pipe(), pipe()
    ended = threading.Event()
    thread = threading.Thread(target=Channel(orders, reports, ended=ended.set).serve, args=(work,))
    thread.start()

    def tell(order: Ask | Cancel) -> None:
        to_worker.write(msgspec.json.encode(order) + b"\n")

    def hear() -> Report:
        return msgspec.json.decode(from_worker.readline(), type=Report)

    tell(Ask(run="a", step=0, job=job(FINE)))
    assert hear() == Progress(0, 5, "first")
    assert hear() == Done(RESULT)
    tell(Ask(run="a", step=0, job=job(LONG)))
    heard = hear()
    assert isinstance(heard, Progress)
    tell(Cancel())
    while isinstance(heard, Progress):
        heard = hear()
    assert heard == Cancelled()
    to_worker.close()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert ended.wait(timeout=30)
    for stream in (orders, reports, from_worker):
        stream.close()


def test_a_cancel_that_comes_too_late_does_not_end_the_next_job() -> None:
    (orders, to_worker), (from_worker, reports) = pipe(), pipe()
    for order in (Cancel(), Ask(run="a", step=0, job=job(FINE))):
        to_worker.write(msgspec.json.encode(order) + b"\n")
    to_worker.close()
    Channel(orders, reports, ended=lambda: None).serve(work)
    reports.close()
    heard = [msgspec.json.decode(line, type=Report) for line in from_worker]
    assert heard[-1] == Done(RESULT)
    assert not any(isinstance(report, Failed | Cancelled) for report in heard)
    orders.close()
    from_worker.close()
