"""Putting a run folder together under a temporary name, and giving it its name when it is whole."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from cnnvis.schema.connections import Connections
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.maps import ActivationMaps
from cnnvis.schema.run import RunFile, SnapshotFacts
from cnnvis.schema.statistics import Contributions, NeuronStatistics
from cnnvis.store.connections import write_connections
from cnnvis.store.contributions import write_contributions
from cnnvis.store.files import explaining_disk_errors, write_json
from cnnvis.store.layout import (
    GRAPH_FILE,
    IMAGES,
    RESUME,
    RUN_FILE,
    SNAPSHOT_FILE,
    SNAPSHOTS,
    retired_folder,
    staging_folder,
)
from cnnvis.store.maps import write_maps
from cnnvis.store.pictures import StoredPicture, write_pictures
from cnnvis.store.statistics import write_statistics
from cnnvis.store.upgrade import read_run_file

IMAGE_BUDGET = 256 * 2**20


class RunWriter:
    """Writes one run folder; nothing at ``run`` changes before `finish`. Use it with ``with``.

    Args:
        run: The folder that the run gets.
        overwrite: Whether a run that is there may be replaced.
        resume: Whether to go on from an interrupted analysis.

    Raises:
        RunError: There is something at ``run`` already, or nothing to resume, or the place cannot be written to.

    """

    def __init__(self, run: Path, *, overwrite: bool = False, resume: bool = False) -> None:
        self.run = run.absolute()
        self._staging = staging_folder(self.run)
        self._refuse_to_destroy(overwrite=overwrite, resume=resume)
        self.resumed: RunFile | None = None
        """Front page of the partial run that is gone on with, when it got as far as having one."""
        if resume and (self.run / RUN_FILE).is_file():
            self.resumed = read_run_file(self.run)
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
        if not (self.resume_folder.is_dir() and any(self.resume_folder.iterdir())):
            shutil.rmtree(self._staging, ignore_errors=True)

    def _refuse_to_destroy(self, *, overwrite: bool, resume: bool) -> None:
        is_run = (self.run / RUN_FILE).is_file()
        if resume:
            if not (self.run / RESUME).is_dir() and not (self._staging / RESUME).is_dir():
                message = f"There is no interrupted analysis at {self.run} to go on with."
                raise RunError(message, "Leave out --resume, or give the folder of the interrupted analysis.")
        elif is_run and not overwrite:
            message = f"There is a run at {self.run} already."
            raise RunError(message, "Choose another folder with -o, or replace it with --overwrite.")
        elif not is_run and self.run.exists() and (not self.run.is_dir() or any(self.run.iterdir())):
            message = f"{self.run} exists and is not a cnnvis run."
            raise RunError(message, "Choose another folder with -o; nothing was changed.")

    @property
    def resume_folder(self) -> Path:
        """Where the state of an unfinished pass is kept."""
        return self._staging / RESUME

    def write_model(self, file: RunFile, graph: LayerGraph) -> None:
        """Write the front page and the layer graph."""
        write_json(self._staging / RUN_FILE, file)
        write_json(self._staging / GRAPH_FILE, graph)

    def write_pictures(self, pictures: Iterable[StoredPicture], *, budget: int = IMAGE_BUDGET) -> int:
        """Write the needed pictures, in order of priority, up to ``budget`` bytes; return how many were kept."""
        return write_pictures(self._staging / IMAGES, pictures, budget=budget)

    def write_snapshot(self, facts: SnapshotFacts, statistics: NeuronStatistics) -> None:
        """Write the statistics of one snapshot; the facts come last, so that they vouch for the arrays."""
        folder = self._staging / SNAPSHOTS / str(facts.step)
        write_statistics(folder, statistics)
        write_json(folder / SNAPSHOT_FILE, facts)

    def write_contributions(self, contributions: Contributions, *, step: int = 0) -> None:
        """Write what the neurons of one snapshot contribute to the classes; before or after its statistics."""
        write_contributions(self._staging / SNAPSHOTS / str(step), contributions)

    def write_maps(self, maps: ActivationMaps, *, step: int = 0) -> None:
        """Write the activation maps of one snapshot; before or after its statistics."""
        write_maps(self._staging / SNAPSHOTS / str(step), maps)

    def write_connections(self, connections: Connections, *, step: int = 0) -> None:
        """Write the connections by weight of one snapshot; before or after its statistics."""
        write_connections(self._staging / SNAPSHOTS / str(step), connections)

    def finish(self, *, complete: bool = True) -> Path:
        """Give the run its name and return it; keep the state for resuming when the pass is not complete."""
        retired = retired_folder(self.run)
        with explaining_disk_errors(self.run):
            if complete:
                shutil.rmtree(self.resume_folder, ignore_errors=True)
            shutil.rmtree(retired, ignore_errors=True)
            if self.run.exists():
                self.run.replace(retired)
            self._staging.replace(self.run)
            shutil.rmtree(retired, ignore_errors=True)
        return self.run
