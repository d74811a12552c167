"""Contributions that the worker computed for edited clusters: kept beside what else can be made again."""

from pathlib import Path

from cnnvis.compose.cache import DerivedCache
from cnnvis.schema.connections import ContributionConnections
from cnnvis.schema.errors import RunError
from cnnvis.store.contribution_connections import read_contribution_connections, write_contribution_connections
from cnnvis.store.layout import CONTRIBUTION_CONNECTIONS_FILE


class Recomputed:
    """The latest contributions that were computed for edited clusters.

    The process that computes them and the one that shows them are two: who reads looks at the file each time.

    Args:
        cache: The run's cache.

    """

    def __init__(self, cache: DerivedCache) -> None:
        self._folder = cache.folder
        self._read: tuple[int, ContributionConnections | None] = (0, None)

    @property
    def version(self) -> int:
        """Changes whenever others are kept; 0 when there are none."""
        try:
            return (self._folder / CONTRIBUTION_CONNECTIONS_FILE).stat().st_mtime_ns
        except OSError:
            return 0

    def read(self) -> ContributionConnections | None:
        """Return them; None when there are none that can be read."""
        version = self.version
        if version != self._read[0]:
            self._read = version, _read(self._folder)
        return self._read[1]

    def keep(self, found: ContributionConnections) -> None:
        """Keep these in place of what there was; RunError when the run folder cannot be written to."""
        write_contribution_connections(self._folder, found)


def _read(folder: Path) -> ContributionConnections | None:
    try:
        return read_contribution_connections(folder)
    except RunError:
        # Nothing is lost that cannot be computed again.
        return None
