"""Opening run folders: without torch, without writing, with errors that say what is wrong."""

from functools import cached_property
from pathlib import Path

from cnnvis.schema.connections import ContributionConnections
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import RunFile, SnapshotFacts
from cnnvis.store.connections import ConnectionsReader
from cnnvis.store.contribution_connections import read_contribution_connections, write_contribution_connections
from cnnvis.store.contributions import ContributionsReader
from cnnvis.store.files import read_json
from cnnvis.store.inside import inside
from cnnvis.store.layout import (
    CONNECTIONS_FILE,
    CONTRIBUTION_CONNECTIONS_FILE,
    CONTRIBUTIONS_FILE,
    GRAPH_FILE,
    IMAGES,
    MAPS_FILE,
    RUN_FILE,
    SERIES,
    SERIES_FILE,
    SNAPSHOT_FILE,
    SNAPSHOTS,
    staging_folder,
)
from cnnvis.store.maps import MapsReader
from cnnvis.store.pictures import PictureReader
from cnnvis.store.series import SeriesTail
from cnnvis.store.statistics import StatisticsReader
from cnnvis.store.upgrade import read_run_file
from cnnvis.store.whole import require_whole

_SEARCH_DEPTH = 3
_PACKAGE = Path(__file__).resolve().parents[1]
NOTHING_SEEN = SnapshotFacts(images_seen=0, top_k=0)


class Run:
    """A run folder, opened for reading. Nothing is read that a link in it leads to elsewhere, see `inside`.

    Args:
        path: The run folder.
        step: Training step of the snapshot to open; None: the newest.

    Raises:
        RunError: There is no run, or it is incomplete, damaged or of a newer version.

    """

    def __init__(self, path: str | Path, *, step: int | None = None) -> None:
        self._step = step
        self.path = Path(path)
        if not (self.path / RUN_FILE).is_file():
            raise _no_run(self.path)
        self.file: RunFile = read_run_file(self.path)
        self.graph: LayerGraph = read_json(self.path / GRAPH_FILE, LayerGraph)
        self.has_snapshot = step is not None or not self.recorded or bool(self.steps)
        """Whether there is anything but a series: curves imported from elsewhere come without a snapshot."""
        self.snapshot: SnapshotFacts = NOTHING_SEEN
        if self.has_snapshot:
            self.snapshot = read_json(self._snapshot_folder / SNAPSHOT_FILE, SnapshotFacts)
            require_whole(self.path, self._snapshot_folder, pictures=not self.recorded)

    @property
    def steps(self) -> tuple[int, ...]:
        """Training steps of the finished snapshots, ascending; a network in training gets more."""
        folders = inside(self.path, SNAPSHOTS).glob(f"*/{SNAPSHOT_FILE}")
        return tuple(sorted(int(file.parent.name) for file in folders if file.parent.name.isdigit()))

    @cached_property
    def _snapshot_folder(self) -> Path:
        """The chosen snapshot, or the newest finished one."""
        steps = self.steps
        if not steps:
            message = f"{self.path} has no finished snapshot."
            raise RunError(message, "Finish the analysis with `cnnvis analyze ... --resume`, or analyse again.")
        if self._step is not None and self._step not in steps:
            message = f"{self.path} has no snapshot of step {self._step}; it has {', '.join(map(str, steps))}."
            raise RunError(message, "Choose one of these steps.")
        step = str(steps[-1] if self._step is None else self._step)
        inside(self.path, SNAPSHOTS, step)
        return self.path / SNAPSHOTS / step

    def _holds(self, name: str) -> bool:
        """Tell whether the snapshot has this file; a run without a snapshot has none."""
        return self.has_snapshot and (self._snapshot_folder / name).is_file()

    @cached_property
    def bundled(self) -> bool:
        """Whether the run came with cnnvis: the installed package is no place for a user's edits."""
        return self.path.resolve().is_relative_to(_PACKAGE)

    @property
    def recorded(self) -> bool:
        """Whether a training was recorded in this run."""
        return inside(self.path, SERIES, SERIES_FILE).is_file()

    @cached_property
    def series(self) -> SeriesTail:
        """The recorded training; call its `update` to read what is there, and again while it grows."""
        return SeriesTail(self.path / SERIES / SERIES_FILE)

    @cached_property
    def statistics(self) -> StatisticsReader:
        """The snapshot's statistics."""
        return StatisticsReader(self._snapshot_folder)

    @cached_property
    def contributions(self) -> ContributionsReader | None:
        """The snapshot's contributions; None for a run without them."""
        return ContributionsReader(self._snapshot_folder) if self._holds(CONTRIBUTIONS_FILE) else None

    @cached_property
    def maps(self) -> MapsReader | None:
        """The snapshot's activation maps; None for a run without them."""
        return MapsReader(self._snapshot_folder) if self._holds(MAPS_FILE) else None

    @cached_property
    def connections(self) -> ConnectionsReader | None:
        """The snapshot's connections by weight; None for a run without them."""
        return ConnectionsReader(self._snapshot_folder) if self._holds(CONNECTIONS_FILE) else None

    @cached_property
    def contribution_connections(self) -> ContributionConnections | None:
        """The snapshot's connections by contribution; None for a run without them."""
        return (
            read_contribution_connections(self._snapshot_folder) if self._holds(CONTRIBUTION_CONNECTIONS_FILE) else None
        )

    def add_contribution_connections(self, connections: ContributionConnections) -> None:
        """Write connections by contribution beside the snapshot: they need its clusters, and so the finished run.

        Raises:
            RunError: The disk is full or the folder cannot be written to.

        """
        write_contribution_connections(self._snapshot_folder, connections)

    @cached_property
    def pictures(self) -> PictureReader:
        """The stored images."""
        inside(self.path, IMAGES)
        return PictureReader(self.path / IMAGES)

    @property
    def accuracy(self) -> float | None:
        """Share of the labelled images that were predicted right; None without labels."""
        if self.snapshot.correct is None:
            return None
        images = int(self.statistics.class_images.sum())
        return self.snapshot.correct / images if images else None


def _no_run(path: Path) -> RunError:
    """Say why there is no run at this path, as precisely as the disk tells."""
    if staging_folder(path.absolute()).is_dir():
        message = f"The analysis that writes {path} has not finished."
        return RunError(message, "Wait for it, or go on with `cnnvis analyze ... --resume`.")
    if not path.exists():
        return RunError(f"There is nothing at {path}.", "`cnnvis` alone lists the runs below this folder.")
    message = f"{path} is not a run folder: it has no {RUN_FILE}."
    return RunError(message, "Give the folder that `cnnvis analyze` wrote; `cnnvis` alone lists them.")


def read_run(path: str | Path, *, step: int | None = None) -> Run:
    """Open a run folder at a training step (None: the newest snapshot); RunError when that is not possible."""
    return Run(path, step=step)


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
