"""The result of bundling: what is drawn between two columns."""

from dataclasses import dataclass
from typing import Literal

Sign = Literal[1, -1]
"""1: excites, -1: inhibits."""


@dataclass(frozen=True, kw_only=True)
class Bicluster:
    """Clusters of two columns, every pair of them connected with the same sign: one in-between node."""

    sources: tuple[int, ...]
    targets: tuple[int, ...]
    sign: Sign
    weight: float
    """Sum of the absolute weights that it carries."""
    coherence: float
    """1 - coefficient of variation of these weights, at least 0: how alike they are."""
    source_weights: tuple[float, ...]
    """What comes in from each source, in the order of ``sources``; adds up to ``weight``."""
    target_weights: tuple[float, ...]
    """What goes out to each target, in the order of ``targets``; adds up to ``weight``."""

    @property
    def connections(self) -> int:
        """How many it stands for."""
        return len(self.sources) * len(self.targets)

    @property
    def curves(self) -> int:
        """How many it is drawn with: one per source and per target."""
        return len(self.sources) + len(self.targets)


@dataclass(frozen=True, kw_only=True)
class Single:
    """A connection drawn by itself."""

    source: int
    target: int
    sign: Sign
    weight: float
    """Its absolute weight."""

    @property
    def connections(self) -> int:
        """How many it stands for."""
        return 1

    @property
    def curves(self) -> int:
        """How many it is drawn with."""
        return 1


@dataclass(frozen=True, kw_only=True)
class Bundling:
    """All kept connections between two columns, each in exactly one bicluster or by itself."""

    biclusters: tuple[Bicluster, ...]
    """Positive ones first, in the order in which they were chosen."""
    singles: tuple[Single, ...]
    """Positive ones first, by source and target."""
    kept: int
    total: int
    """Connections that are not zero; a pair with a positive and a negative one counts twice."""
    share: float
    """Absolute weight of the kept connections in parts of that of all; 1 without connections."""
    exact: bool
    """Whether all maximal bicliques were looked at, or the best found within a bounded search."""

    @property
    def curves(self) -> int:
        """How many curves are drawn."""
        return sum(one.curves for one in (*self.biclusters, *self.singles))
