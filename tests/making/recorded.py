"""Recorded trainings on disk, made by hand: a writer that a test may let go on."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from cnnvis.schema.connections import ConnectionMatrix, Connections
from cnnvis.schema.series import Event, GroupOfParameters, SeriesHead, StepLine
from cnnvis.store.recording import Recording, Snapshot
from tests import making

MEASURED = 5
"""Steps between two in which the layers are measured."""
_MATRIX = ConnectionMatrix(source="relu", target="fc", values=np.linspace(-1, 1, 15, dtype=np.float32).reshape(5, 3))
_CONNECTIONS = Connections(pairs={("relu", "fc"): _MATRIX})
_GROUP = GroupOfParameters(optimizer="SGD")


def begin(path: Path, *, overwrite: bool = False, created: str = "2026-01-01T00:00:00Z") -> Recording:
    """Begin to record a training of the small network, with its snapshot of step 0."""
    recording = Recording(path, overwrite=overwrite)
    first = Snapshot(facts=making.snapshot_facts(), statistics=making.statistics(), connections=_CONNECTIONS)
    recording.begin(making.run_file(path.name), making.graph(), pictures=making.pictures(), snapshot=first)
    recording.line(SeriesHead(created=created, units=("relu", "fc"), classes=3, groups=(_GROUP,)))
    return recording


def steps(recording: Recording, first: int, last: int) -> None:
    """Record some steps: a falling loss, validation at each tenth, layers at each fifth."""
    for step in range(first, last + 1):
        run = {"loss": 2.0 / step, "metric/train/accuracy": 1 - 1 / step}
        if step % 10 == 0:
            run |= {"metric/val/loss": 2.5 / step, "metric/val_acc": 1 - 1.2 / step}
        lists: dict[str, list[float | None]] = {"learning_rate": [0.1]} if step == 1 else {}
        if step % MEASURED == 0:
            lists |= {
                "after/mean": [0.5, 1.0 / step],
                "after/std": [1.0, 2.0],
                "after/zero": [0.5, 0.0],
                "dead": [1.0, None],
                "neurons": [5.0, 3.0],
                "gradient/norm": [1e-4 * step, 0.1],
                "weight/norm": [1.0, 2.0],
                "nonfinite": [0.0, 0.0],
                "weight/nonfinite": [0.0, 0.0],
                "gradient/nonfinite": [None, 1.0],
            }
        recording.line(StepLine(step=step, time=step / 10, run=dict(run), lists=dict(lists)))
    recording.flush()


def snapshot(
    recording: Recording, step: int, *, seed: int | None = None, connections: Connections | None = _CONNECTIONS
) -> None:
    """Add a snapshot, with other statistics than those of other steps."""
    facts = msgspec.structs.replace(making.snapshot_facts(), step=step)
    statistics = making.statistics(step if seed is None else seed)
    recording.snapshot(Snapshot(facts=facts, statistics=statistics, connections=connections))
    recording.line(Event(step=step, time=step / 10, name="snapshot"))
    recording.flush()


def finish(recording: Recording, step: int) -> None:
    """End the recording."""
    recording.line(Event(step=step, time=step / 10, name="finished"))
    recording.close()


def write_recorded(path: Path, *, last: int = 40, snapshots: Sequence[int] = (20, 40)) -> Path:
    """Write a whole recorded training; its first snapshot is of step 0."""
    recording = begin(path)
    before = 1
    for step in snapshots:
        steps(recording, before, step)
        snapshot(recording, step)
        before = step + 1
    steps(recording, before, last)
    finish(recording, last)
    return path
