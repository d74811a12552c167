"""Holds the findings about recorded trainings against what was injected."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnvis.compose.findings import find
from cnnvis.schema.findings import Diagnosis, Finding
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.reader import read_run
from faults.setup import Trial


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one training."""

    trial: Trial
    found: tuple[str, ...]
    """Rules that were named, folded ones left out."""
    folded: tuple[str, ...]
    place: bool | None
    """Whether the finding points at the injected layer; None without one."""

    @property
    def named(self) -> bool:
        """Whether the fault stands among the findings, not folded under another."""
        return self.trial.expected in self.found

    @property
    def first(self) -> bool:
        """Whether it is the first of them."""
        return self.found[:1] == (self.trial.expected,)


def judge(trial: Trial, folder: Path) -> Verdict:
    """Diagnose one recorded training."""
    run = read_run(folder)
    diagnosis = find(run)
    return verdict(trial, diagnosis, run.graph)


def verdict(trial: Trial, diagnosis: Diagnosis, graph: LayerGraph) -> Verdict:
    """Hold a diagnosis against what was injected."""
    own = next((finding for finding in diagnosis.findings if finding.rule == trial.expected), None)
    place = None if not trial.place or own is None else _paths(own, graph) & set(trial.place) != set()
    return Verdict(
        trial=trial,
        found=tuple(finding.rule for finding in diagnosis.findings),
        folded=tuple(inner.rule for finding in diagnosis.findings for inner in _below(finding)),
        place=place,
    )


def _below(finding: Finding) -> list[Finding]:
    return [inner for symptom in finding.symptoms for inner in (symptom, *_below(symptom))]


def _paths(finding: Finding, graph: LayerGraph) -> set[str]:
    """Return the module paths of the members of the finding's unit, with those that hold them."""
    unit = next((unit for unit in graph.units if unit.id == finding.layer), None)
    paths = {graph.layer(member).path for member in (unit.members if unit else ())}
    # A module that wraps another (conv2 became a Sequential of conv2 and a logarithm) counts as that one.
    return paths | {path.rpartition(".")[0] for path in paths}


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, kw_only=True)
class Score:
    """The figures of a set of trainings."""

    faulty: int
    named: int
    first: int
    placed: int
    places: int
    healthy: int
    alarms: int
    alarmed: int


def score(verdicts: Sequence[Verdict]) -> Score:
    """Count."""
    faulty = [one for one in verdicts if one.trial.expected]
    healthy = [one for one in verdicts if not one.trial.expected]
    places = [one for one in faulty if one.trial.place]
    return Score(
        faulty=len(faulty),
        named=sum(one.named for one in faulty),
        first=sum(one.first for one in faulty),
        placed=sum(bool(one.place) for one in places),
        places=len(places),
        healthy=len(healthy),
        alarms=sum(len(one.found) for one in healthy),
        alarmed=sum(bool(one.found) for one in healthy),
    )
