"""What the network itself was asked about a run: checks of connections, and contributions between further columns.

Kept in the run folder under what it was asked for: the columns and their clusters. Other clusters ask anew.
"""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.members import Members
from cnnvis.schema.connections import ContributionConnections
from cnnvis.schema.errors import RunError
from cnnvis.schema.typed import decode_json
from cnnvis.schema.worker import CheckResult
from cnnvis.store.contribution_connections import contribution_bytes, contribution_of_bytes
from cnnvis.store.reader import Run

ALGORITHM = "measured 1"
"""Raised when what is measured changes: what older versions measured is then left aside."""

Columns = Mapping[str, Members]
"""The clusters of each column, by its layer."""


class Measured:
    """Answers of the network about one run.

    Args:
        run: The run.

    """

    def __init__(self, run: Run) -> None:
        self._cache = DerivedCache(run, algorithm=ALGORITHM)
        self.version = 0
        """Grows with every answer: what was composed without it is out of date."""

    def check(self, columns: Columns) -> CheckResult | None:
        """Return the latest check of the connections between these clusters; None before the first."""
        data = self._cache.find(f"check {_key(columns)}")
        try:
            return None if data is None else decode_json(data, CheckResult)
        except msgspec.MsgspecError:
            return None

    def keep_check(self, columns: Columns, found: CheckResult) -> None:
        """Keep a check of the connections between these clusters."""
        self._cache.put(f"check {_key(columns)}", msgspec.json.encode(found))
        self.version += 1

    def contribution(self, columns: Columns) -> ContributionConnections | None:
        """Return the connections by contribution between these clusters; None before they were asked for."""
        data = self._cache.find(f"contribution {_key(columns)}")
        try:
            return None if data is None else contribution_of_bytes(data)
        except RunError:
            return None

    def keep_contribution(self, columns: Columns, found: ContributionConnections) -> None:
        """Keep the connections by contribution between these clusters."""
        self._cache.put(f"contribution {_key(columns)}", contribution_bytes(found))
        self.version += 1


def _key(columns: Columns) -> str:
    """Return a name for columns and clusters, whatever order the clusters are in."""
    named = [(layer, sorted(sorted(members) for members in clusters)) for layer, clusters in sorted(columns.items())]
    return blake2b(msgspec.json.encode(named), digest_size=16).hexdigest()
