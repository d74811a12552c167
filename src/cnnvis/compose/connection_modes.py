"""In which meanings there are connections between some columns, and which of them to believe."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnvis.analysis.agreement import WEAK
from cnnvis.compose.cluster_links import contribution_for
from cnnvis.compose.measured import Measured
from cnnvis.compose.members import Members
from cnnvis.compose.words import counted
from cnnvis.schema.connection_scene import AbsentMode, Agreement, ConnectionMode
from cnnvis.schema.connections import ContributionConnections
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.worker import CheckResult
from cnnvis.store.reader import Run


@dataclass(frozen=True, kw_only=True, eq=False)
class Modes:
    """The meanings of the connections between some columns."""

    available: tuple[ConnectionMode, ...]
    stored: tuple[ConnectionMode, ...]
    """Those that the analysis wrote: they are the same whatever is asked of the network later."""
    absent: tuple[AbsentMode, ...]
    contribution: ContributionConnections | None
    check: CheckResult | None
    """How well they rank real removal; None before that was tried."""

    @property
    def agreement(self) -> Agreement:
        """Rank correlation of each with real removal."""
        if self.check is None:
            return Agreement()
        return Agreement(weights=self.check.weights, contribution=self.check.contribution, images=self.check.images)

    @property
    def default(self) -> ConnectionMode:
        """The one that ranks real removal better; contribution before that was tried: so it was wherever we tried."""
        better = None if self.check is None else self.check.better
        if better in self.available:
            return better
        return "contribution" if "contribution" in self.available else "weights"

    def choose(self, mode: ConnectionMode | None) -> ConnectionMode:
        """Return the meaning asked for, or the better one there is.

        Raises:
            AbsentError: There is none, or not this one.

        """
        if not self.available:
            message = "This run holds no connections."
            raise AbsentError(message, "Analyse the network again: cnnvis analyze writes them.")
        if mode is not None and mode not in self.available:
            why = next((one.why for one in self.absent if one.mode == mode), "")
            message = f"There are no connections by {mode} for these columns and clusters. {why}".strip()
            raise AbsentError(
                message, "Show them by weights, or let the network find them out: cnnvis open RUN --model ..."
            )
        return mode or self.default

    def images(self, mode: ConnectionMode) -> int | None:
        """Return how many probe images a meaning is of; None: of none."""
        return None if mode == "weights" or self.contribution is None else self.contribution.images

    def notes(self, mode: ConnectionMode) -> tuple[str, ...]:
        """Return what a reader should know of all connections in a meaning."""
        return self.contribution.notes if mode == "contribution" and self.contribution is not None else ()

    def warning(self, mode: ConnectionMode) -> str:
        """Say that a meaning ranks real removal badly, if it was found to; else nothing."""
        value = self.agreement.contribution if mode == "contribution" else self.agreement.weights
        if self.check is None or value is None or value >= WEAK:
            return ""
        return (
            f"On {counted(self.check.images, 'probe image')} connections by {mode} ranked badly what removing clusters "
            f"does (rank correlation {value:.2f}): take the curves as a hint only."
        )


def connection_modes(run: Run, columns: Mapping[str, Members], measured: Measured | None = None) -> Modes:
    """Return in which meanings there are connections between these columns and clusters.

    Args:
        run: The run.
        columns: The clusters of each column, by its layer.
        measured: What the network itself was asked about this run.

    """
    contribution = contribution_for(run, columns)
    by_weight: tuple[ConnectionMode, ...] = () if run.connections is None else ("weights",)
    stored = by_weight if contribution is None else (*by_weight, "contribution")
    if contribution is None and measured is not None:
        contribution = measured.contribution(columns)
    absent: list[AbsentMode] = []
    if run.connections is None:
        absent.append(AbsentMode(mode="weights", why="The analysis wrote none: analyse the network again.", job=False))
    if contribution is None:
        absent.append(AbsentMode(mode="contribution", why=_why_no_contribution(run, columns), job=True))
    return Modes(
        available=by_weight if contribution is None else (*by_weight, "contribution"),
        stored=stored,
        absent=tuple(absent),
        contribution=contribution,
        check=None if measured is None else measured.check(columns),
    )


def _why_no_contribution(run: Run, columns: Mapping[str, Members]) -> str:
    stored = run.contribution_connections
    if stored is None or not stored.pairs:
        return "The analysis was made without contributions."
    known = {column for pair in stored.pairs for column in pair}
    if known != set(columns):
        return "The analysis computed them for the columns as they are when nothing is opened."
    return "The analysis computed them for the clusters as they were before they were changed."
