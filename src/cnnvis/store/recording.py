"""A run folder that grows while a network is trained: one writer, any number of readers."""

from collections.abc import Iterable
from pathlib import Path

from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import RunFile, SnapshotFacts
from cnnvis.schema.series import Line
from cnnvis.schema.statistics import NeuronStatistics
from cnnvis.store.files import write_json
from cnnvis.store.layout import RUN_FILE, SERIES, SERIES_FILE, SNAPSHOT_FILE, SNAPSHOTS
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.series import SeriesWriter
from cnnvis.store.statistics import write_statistics
from cnnvis.store.writer import RunWriter

PICTURE_BUDGET = 64 * 2**20


class Recording:
    """Writes what a recorder finds; the folder can be opened from `begin` on, whatever happens to the process.

    Args:
        run: The run folder.
        overwrite: Whether a run that is there may be replaced.

    Raises:
        RunError: There is something at ``run`` already, or the place cannot be written to.

    """

    def __init__(self, run: Path, *, overwrite: bool = False) -> None:
        self.run = run.absolute()
        self._overwrite = overwrite
        with RunWriter(self.run, overwrite=overwrite):
            pass  # refused before the training begins, not after its first step
        self._series: SeriesWriter | None = None

    def begin(
        self,
        file: RunFile,
        graph: LayerGraph,
        *,
        pictures: Iterable[StoredPicture],
        snapshot: tuple[SnapshotFacts, NeuronStatistics],
    ) -> None:
        """Write front page, layer graph, probe images and first snapshot, give the run its name, open the series.

        Raises:
            RunError: The disk is full or the folder cannot be written to; nothing half-written is left.

        """
        with RunWriter(self.run, overwrite=self._overwrite) as writer:
            writer.write_model(file, graph)
            writer.write_pictures(pictures, budget=PICTURE_BUDGET)
            writer.write_snapshot(*snapshot)
            self.run = writer.finish()
        self._series = SeriesWriter(self.run / SERIES / SERIES_FILE)

    def line(self, line: Line) -> None:
        """Append to the series; RunError when that is not possible."""
        if self._series is not None:
            self._series.write(line)

    def flush(self) -> None:
        """Let readers see all lines; RunError when they cannot be written."""
        if self._series is not None:
            self._series.flush()

    def snapshot(self, facts: SnapshotFacts, statistics: NeuronStatistics) -> None:
        """Add a snapshot; the facts come last, so that they vouch for the arrays.

        Raises:
            RunError: The disk is full, or the run was removed or renamed.

        """
        if not (self.run / RUN_FILE).is_file():
            message = f"{self.run} was removed or renamed while the training was recorded."
            raise RunError(message, "Record into a folder that stays.")
        folder = self.run / SNAPSHOTS / str(facts.step)
        write_statistics(folder, statistics)
        write_json(folder / SNAPSHOT_FILE, facts)

    def close(self) -> None:
        """Write what is left; RunError when that is not possible. Further lines are dropped."""
        series, self._series = self._series, None
        if series is not None:
            series.close()
