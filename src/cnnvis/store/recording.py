"""A run folder that grows while a network is trained: one writer, any number of readers."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnnvis.schema.connections import Connections
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.maps import ActivationMaps
from cnnvis.schema.run import RunFile, SnapshotFacts
from cnnvis.schema.series import Line
from cnnvis.schema.statistics import Contributions, NeuronStatistics
from cnnvis.store.connections import write_connections
from cnnvis.store.contributions import write_contributions
from cnnvis.store.files import write_bytes, write_json
from cnnvis.store.layout import RUN_FILE, SERIES, SERIES_FILE, SNAPSHOT_FILE, SNAPSHOT_REQUEST, SNAPSHOTS
from cnnvis.store.maps import write_maps
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.reader import Run
from cnnvis.store.series import SeriesWriter
from cnnvis.store.statistics import write_statistics
from cnnvis.store.writer import PYTHON, RunWriter

PICTURE_BUDGET = 64 * 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """The state of a network at one step, and what else was found out about it."""

    facts: SnapshotFacts
    statistics: NeuronStatistics
    connections: Connections | None = None
    contributions: Contributions | None = None
    maps: ActivationMaps | None = None


class Recording:
    """Writes what a recorder finds; the folder can be opened from `begin` on, whatever happens to the process.

    Args:
        run: The run folder.
        overwrite: Whether a run that is there may be replaced.
        resume: Whether a recording that is there is gone on with; without one a new one is begun.

    Raises:
        RunError: There is something at ``run`` already, or the place cannot be written to, or what is there is no
            recording.

    """

    def __init__(self, run: Path, *, overwrite: bool = False, resume: bool = False) -> None:
        self.run = run.absolute()
        self._overwrite = overwrite
        self.past: Run | None = None
        """The recording that is gone on with."""
        self._series: SeriesWriter | None = None
        if resume and (self.run / RUN_FILE).is_file():
            self.past = _recorded(Run(self.run))
        else:
            with RunWriter(self.run, overwrite=overwrite, speech=PYTHON):
                pass  # refused before the training begins, not after its first step

    def begin(self, file: RunFile, graph: LayerGraph, *, pictures: Iterable[StoredPicture], snapshot: Snapshot) -> None:
        """Write front page, layer graph, probe images and first snapshot, give the run its name, open the series.

        Raises:
            RunError: The disk is full or the folder cannot be written to; nothing half-written is left.

        """
        if self.past is not None:
            return
        with RunWriter(self.run, overwrite=self._overwrite, speech=PYTHON) as writer:
            writer.write_model(file, graph)
            writer.write_pictures(pictures, budget=PICTURE_BUDGET)
            _write_extras(writer.snapshot_folder(snapshot.facts.step), snapshot)
            writer.write_snapshot(snapshot.facts, snapshot.statistics)
            self.run = writer.finish()
        self._series = SeriesWriter(self.run / SERIES / SERIES_FILE)

    def go_on(self, step: int) -> None:
        """Open the series of the past recording behind a step; snapshots of later steps are taken again, so they go.

        Raises:
            RunError: The folder cannot be written to.

        """
        for other in self.past.steps if self.past is not None else ():
            if other > step:
                shutil.rmtree(self.run / SNAPSHOTS / str(other), ignore_errors=True)
        self._series = SeriesWriter(self.run / SERIES / SERIES_FILE, append=True)

    @property
    def opened(self) -> bool:
        """Whether lines can be appended."""
        return self._series is not None

    def line(self, line: Line) -> None:
        """Append to the series; RunError when that is not possible."""
        if self._series is not None:
            self._series.write(line)

    def flush(self) -> None:
        """Let readers see all lines; RunError when they cannot be written."""
        if self._series is not None:
            self._series.flush()

    def snapshot(self, snapshot: Snapshot) -> None:
        """Add a snapshot; the facts come last, so that they vouch for the arrays.

        Raises:
            RunError: The disk is full, or the run was removed or renamed.

        """
        if not (self.run / RUN_FILE).is_file():
            message = f"{self.run} was removed or renamed while the training was recorded."
            raise RunError(message, "Record into a folder that stays.")
        folder = self.run / SNAPSHOTS / str(snapshot.facts.step)
        write_statistics(folder, snapshot.statistics)
        _write_extras(folder, snapshot)
        write_json(folder / SNAPSHOT_FILE, snapshot.facts)

    def requested(self) -> bool:
        """Whether somebody has asked for a snapshot since the last time (see `request_snapshot`)."""
        try:
            (self.run / SNAPSHOT_REQUEST).unlink()
        except OSError:  # nobody has, or the folder is gone, which the series will tell
            return False
        return True

    def close(self) -> None:
        """Write what is left; RunError when that is not possible. Further lines are dropped."""
        series, self._series = self._series, None
        if series is not None:
            series.close()


def request_snapshot(run: Run) -> None:
    """Ask the recorder that is writing this run, in whatever process it is, for a snapshot at its next step.

    Raises:
        RunError: Nothing is being recorded there, or the folder cannot be written to.

    """
    run.series.update()
    if not run.recorded or run.series.series().complete:
        message = f"{run.path} is not being recorded: there is nothing to take a snapshot of."
        raise RunError(message, "Snapshots can be taken while the training runs.")
    write_bytes(run.path / SNAPSHOT_REQUEST, b"")


def withdraw_request(run: Run) -> None:
    """Take the question back, so that a later training does not answer it."""
    (run.path / SNAPSHOT_REQUEST).unlink(missing_ok=True)


def _recorded(run: Run) -> Run:
    if not run.recorded:
        message = f"{run.path} holds no recorded training that could be gone on with."
        raise RunError(message, "Record into another folder, or leave out resume=True.")
    return run


def _write_extras(folder: Path, snapshot: Snapshot) -> None:
    if snapshot.connections is not None:
        write_connections(folder, snapshot.connections)
    if snapshot.contributions is not None:
        write_contributions(folder, snapshot.contributions)
    if snapshot.maps is not None:
        write_maps(folder, snapshot.maps)
