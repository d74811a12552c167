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

LATE = 1.3
"""A finding about an injection at a step may begin so much later: measured steps lie a quarter apart."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one training."""

    trial: Trial
    found: tuple[str, ...]
    """Rules that were named, folded ones left out, the worst first."""
    folded: tuple[str, ...]
    place: bool | None
    """Whether the finding points at the injected layer; None where the injection has none or nothing was named."""
    step: bool | None
    """Whether it begins at the injected step; None likewise."""
    unjudged: tuple[str, ...] = ()
    seconds: float = 0.0
    """Processor time of the training; 0 when it was there already."""

    @property
    def named(self) -> bool:
        """Whether the fault stands among the findings, not folded under another."""
        return self.trial.expected in self.found

    @property
    def first(self) -> bool:
        """Whether it is the first of them."""
        return self.found[:1] == (self.trial.expected,)

    @property
    def alone(self) -> bool:
        """Whether everything else is folded under it."""
        return self.found == (self.trial.expected,)


def judge(trial: Trial, folder: Path, *, seconds: float = 0.0) -> Verdict:
    """Diagnose one recorded training."""
    run = read_run(folder)
    return verdict(trial, find(run), run.graph, seconds=seconds)


def verdict(trial: Trial, diagnosis: Diagnosis, graph: LayerGraph, *, seconds: float = 0.0) -> Verdict:
    """Hold a diagnosis against what was injected."""
    own = next((finding for finding in diagnosis.findings if finding.rule == trial.expected), None)
    place = step = None
    if own is not None and trial.place:
        place = bool(_paths(own, graph) & set(trial.place))
    if own is not None and trial.step:
        step = trial.step <= own.first_step <= max(trial.step + 2, LATE * trial.step)
    return Verdict(
        trial=trial,
        found=tuple(finding.rule for finding in diagnosis.findings),
        folded=tuple(inner.rule for finding in diagnosis.findings for inner in _below(finding)),
        place=place,
        step=step,
        unjudged=tuple(one.rule for one in diagnosis.not_judged),
        seconds=seconds,
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
    alone: int
    placed: int
    """Found at the right layer, of the `places` that were named and whose fault lies at one layer."""
    places: int
    spread: int
    """Found at one of the right layers, of the `spreads` that were named and whose fault lies at many at once."""
    spreads: int
    timed: int
    steps: int
    healthy: int
    alarms: int
    alarmed: int
    slowest: float

    @property
    def recall(self) -> float:
        """Share of the faults that were named."""
        return self.named / max(1, self.faulty)

    @property
    def false_alarms(self) -> float:
        """Findings per healthy run."""
        return self.alarms / max(1, self.healthy)


def score(verdicts: Sequence[Verdict]) -> Score:
    """Count."""
    faulty = [one for one in verdicts if one.trial.expected]
    healthy = [one for one in verdicts if not one.trial.expected]
    spread = [one for one in faulty if one.trial.spread]
    single = [one for one in faulty if not one.trial.spread]
    return Score(
        faulty=len(faulty),
        named=sum(one.named for one in faulty),
        first=sum(one.first for one in faulty),
        alone=sum(one.alone for one in faulty),
        placed=sum(one.place is True for one in single),
        places=sum(one.place is not None for one in single),
        spread=sum(one.place is True for one in spread),
        spreads=sum(one.place is not None for one in spread),
        timed=sum(bool(one.step) for one in faulty),
        steps=sum(one.step is not None for one in faulty),
        healthy=len(healthy),
        alarms=sum(len(one.found) for one in healthy),
        alarmed=sum(bool(one.found) for one in healthy),
        slowest=max((one.seconds for one in verdicts), default=0.0),
    )
