"""Opening run folders: without torch, without writing, with errors that say what is wrong."""

from functools import cached_property
from pathlib import Path

from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import RunFile, SnapshotFacts
from cnnvis.store.contributions import ContributionsReader
from cnnvis.store.files import read_json
from cnnvis.store.layout import (
    CONTRIBUTIONS_FILE,
    GRAPH_FILE,
    IMAGES,
    RUN_FILE,
    SNAPSHOT_FILE,
    SNAPSHOTS,
    staging_folder,
)
from cnnvis.store.pictures import PictureReader
from cnnvis.store.statistics import StatisticsReader
from cnnvis.store.upgrade import read_run_file

_SEARCH_DEPTH = 3


class Run:
    """A run folder, opened for reading.

    Args:
        path: The run folder.

    Raises:
        RunError: There is no run, or it is incomplete, damaged or of a newer version.

    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / RUN_FILE).is_file():
            raise _no_run(self.path)
        self.file: RunFile = read_run_file(self.path)
        self.graph: LayerGraph = read_json(self.path / GRAPH_FILE, LayerGraph)
        self.snapshot: SnapshotFacts = read_json(self._snapshot_folder / SNAPSHOT_FILE, SnapshotFacts)

    @cached_property
    def _snapshot_folder(self) -> Path:
        """The newest finished snapshot."""
        folders = self.path.glob(f"{SNAPSHOTS}/*/{SNAPSHOT_FILE}")
        steps = sorted(int(file.parent.name) for file in folders if file.parent.name.isdigit())
        if not steps:
            message = f"{self.path} has no finished snapshot."
            raise RunError(message, "Finish the analysis with `cnnvis analyze ... --resume`, or analyse again.")
        return self.path / SNAPSHOTS / str(steps[-1])

    @cached_property
    def statistics(self) -> StatisticsReader:
        """The newest snapshot's statistics."""
        return StatisticsReader(self._snapshot_folder)

    @cached_property
    def contributions(self) -> ContributionsReader | None:
        """The newest snapshot's contributions; None for a run without them."""
        there = (self._snapshot_folder / CONTRIBUTIONS_FILE).is_file()
        return ContributionsReader(self._snapshot_folder) if there else None

    @cached_property
    def pictures(self) -> PictureReader:
        """The stored images."""
        return PictureReader(self.path / IMAGES)

    @property
    def accuracy(self) -> float | None:
        """Share of the labelled images that were predicted right; None without labels."""
        images = int(self.statistics.class_images.sum())
        return None if self.snapshot.correct is None or not images else self.snapshot.correct / images


def _no_run(path: Path) -> RunError:
    """Say why there is no run at this path, as precisely as the disk tells."""
    if staging_folder(path.absolute()).is_dir():
        message = f"The analysis that writes {path} has not finished."
        return RunError(message, "Wait for it, or go on with `cnnvis analyze ... --resume`.")
    if not path.exists():
        return RunError(f"There is nothing at {path}.", "`cnnvis` alone lists the runs below this folder.")
    message = f"{path} is not a run folder: it has no {RUN_FILE}."
    return RunError(message, "Give the folder that `cnnvis analyze` wrote; `cnnvis` alone lists them.")


def read_run(path: str | Path) -> Run:
    """Open a run folder; RunError when that is not possible."""
    return Run(path)


def find_runs(folder: Path, *, depth: int = _SEARCH_DEPTH) -> list[Path]:
    """Return the run folders at or below a folder, sorted by name, without entering runs or hidden folders."""
    if (folder / RUN_FILE).is_file():
        return [folder]
    if depth == 0 or not folder.is_dir():
        return []
    try:
        children = sorted(
            child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "node_modules"))
        )
    except PermissionError:
        return []
    return [run for child in children for run in find_runs(child, depth=depth - 1)]
