"""Putting a run folder together under a temporary name, and giving it its name when it is whole."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
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
from cnnvis.store.files import explaining_disk_errors, write_json
from cnnvis.store.layout import (
    GRAPH_FILE,
    IMAGES,
    RESUME,
    RUN_FILE,
    SERIES,
    SERIES_FILE,
    SNAPSHOT_FILE,
    SNAPSHOTS,
    retired_folder,
    staging_folder,
)
from cnnvis.store.lock import RunLock
from cnnvis.store.maps import write_maps
from cnnvis.store.pictures import StoredPicture, write_pictures
from cnnvis.store.series import SeriesWriter
from cnnvis.store.statistics import write_statistics
from cnnvis.store.upgrade import read_run_file

IMAGE_BUDGET = 256 * 2**20


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What errors call the choices that a caller has: on the command line or in Python."""

    folder: str
    overwrite: str
    resume: str


SHELL = Speech(folder="-o", overwrite="--overwrite", resume="--resume")
PYTHON = Speech(folder="to=", overwrite="overwrite=True", resume="resume=True")


def require_free(run: Path, *, overwrite: bool = False, resume: bool = False, speech: Speech = SHELL) -> None:
    """Look whether a run may be written, before anything slow is done.

    Args:
        run: The run folder.
        overwrite: Whether a run that is there may be replaced.
        resume: Whether to go on from an interrupted analysis.
        speech: How errors speak of these choices.

    Raises:
        RunError: There is something at ``run`` that would be lost, or nothing to resume.

    """
    is_run, left_over = (run / RUN_FILE).is_file(), is_resumable(run)
    if resume:
        if not (run / RESUME).is_dir() and not left_over:
            message = f"There is no interrupted analysis at {run} to go on with."
            raise RunError(message, f"Leave out {speech.resume}, or give the folder of the interrupted analysis.")
        return
    if is_run and not overwrite:
        message = f"There is a run at {run} already."
        remedy = f"Choose another folder with {speech.folder}, or replace it with {speech.overwrite}"
        raise RunError(message, f"{remedy} ({speech.resume} goes on with it).")
    if not is_run and run.exists() and (not run.is_dir() or any(run.iterdir())):
        message = f"{run} exists and is not a cnnvis run."
        raise RunError(message, f"Choose another folder with {speech.folder}; nothing was changed.")
    if left_over and not overwrite:
        message = f"An analysis that was writing {run} was interrupted, and what it had seen is still there."
        raise RunError(message, f"Go on with it by {speech.resume}, or begin again with {speech.overwrite}.")


def is_resumable(run: Path) -> bool:
    """Whether an analysis that was writing this run ended before it could be written, and its state is still there."""
    return _has_files(staging_folder(run.absolute()) / RESUME)


def run_mark(run: Path) -> tuple[int, int] | None:
    """Return what tells one run at a place from another; None without any."""
    try:
        facts = (run / RUN_FILE).stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns


class RunWriter:
    """Writes one run folder; nothing at ``run`` changes before `finish`. Use it with ``with``.

    Args:
        run: The folder that the run gets.
        overwrite: Whether a run that is there may be replaced.
        resume: Whether to go on from an interrupted analysis.
        speech: How errors speak of these choices.

    Raises:
        RunError: There is something at ``run`` already, or nothing to resume, or the place cannot be written to, or
            another process is writing it.

    """

    def __init__(self, run: Path, *, overwrite: bool = False, resume: bool = False, speech: Speech = SHELL) -> None:
        self.run = run.absolute()
        self._staging = staging_folder(self.run)
        self._lock = RunLock(self.run)
        try:
            require_free(self.run, overwrite=overwrite, resume=resume, speech=speech)
            self.resumed: RunFile | None = None
            """Front page of the partial run that is gone on with, when it got as far as having one."""
            if resume and (self.run / RUN_FILE).is_file():
                self.resumed = read_run_file(self.run)
            self._before = run_mark(self.run)
            self._prepare(resume=resume)
        except BaseException:
            self._lock.release()
            raise

    def _prepare(self, *, resume: bool) -> None:
        with explaining_disk_errors(self._staging):
            if not resume:
                shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(parents=True, exist_ok=True)
            left_over = self.run / RESUME
            if resume and left_over.is_dir() and not self.resume_folder.is_dir():
                shutil.copytree(left_over, self.resume_folder)

    def __enter__(self) -> "RunWriter":
        """Begin to write."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing half-written behind, except the state from which an interrupted pass can go on."""
        if not _has_files(self.resume_folder):
            shutil.rmtree(self._staging, ignore_errors=True)
        self._lock.release()

    @property
    def resume_folder(self) -> Path:
        """Where the state of an unfinished pass is kept."""
        return self._staging / RESUME

    def snapshot_folder(self, step: int) -> Path:
        """Return where everything about one snapshot is written."""
        return self._staging / SNAPSHOTS / str(step)

    def write_model(self, file: RunFile, graph: LayerGraph) -> None:
        """Write the front page and the layer graph."""
        write_json(self._staging / RUN_FILE, file)
        write_json(self._staging / GRAPH_FILE, graph)

    def write_pictures(self, pictures: Iterable[StoredPicture], *, budget: int = IMAGE_BUDGET) -> int:
        """Write the needed pictures, in order of priority, up to ``budget`` bytes; return how many were kept."""
        return write_pictures(self._staging / IMAGES, pictures, budget=budget)

    def write_snapshot(self, facts: SnapshotFacts, statistics: NeuronStatistics) -> None:
        """Write the statistics of one snapshot; the facts come last, so that they vouch for the arrays."""
        folder = self.snapshot_folder(facts.step)
        write_statistics(folder, statistics)
        write_json(folder / SNAPSHOT_FILE, facts)

    def write_contributions(self, contributions: Contributions, *, step: int = 0) -> None:
        """Write what the neurons of one snapshot contribute to the classes; before or after its statistics."""
        write_contributions(self.snapshot_folder(step), contributions)

    def write_maps(self, maps: ActivationMaps, *, step: int = 0) -> None:
        """Write the activation maps of one snapshot; before or after its statistics."""
        write_maps(self.snapshot_folder(step), maps)

    def write_connections(self, connections: Connections, *, step: int = 0) -> None:
        """Write the connections by weight of one snapshot; before or after its statistics."""
        write_connections(self.snapshot_folder(step), connections)

    def _may_take(self, place: Path) -> bool:
        """Whether nothing is lost by giving the run this name."""
        if self._before is not None and run_mark(place) == self._before:
            return True
        return not place.exists() or (place.is_dir() and not any(place.iterdir()))

    def write_series(self, lines: Iterable[Line]) -> None:
        """Write the numbers of a training that is over."""
        writer = SeriesWriter(self._staging / SERIES / SERIES_FILE)
        try:
            for line in lines:
                writer.write(line)
        finally:
            writer.close()

    def finish(self, *, complete: bool = True) -> Path:
        """Give the run its name and return it; keep the state for resuming when the pass is not complete.

        A run that has come to the place since this one was begun is not touched: this one then gets the next free name.
        """
        with explaining_disk_errors(self.run):
            if complete:
                shutil.rmtree(self.resume_folder, ignore_errors=True)
            if not self._may_take(self.run):
                self.run = _free_name(self.run)
            retired = retired_folder(self.run)
            shutil.rmtree(retired, ignore_errors=True)
            if self.run.exists():
                self.run.replace(retired)
            self._staging.replace(self.run)
            shutil.rmtree(retired, ignore_errors=True)
        self._lock.release()
        return self.run


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _free_name(run: Path) -> Path:
    return next(place for number in count(2) if not (place := run.with_name(f"{run.name}-{number}")).exists())
