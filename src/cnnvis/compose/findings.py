"""A run's findings: its recording, graph and newest snapshot, judged by all rules."""

from cnnvis.analysis.diagnose import Case, diagnose
from cnnvis.analysis.group import gates_of
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.findings import Diagnosis
from cnnvis.schema.series import Series
from cnnvis.schema.statistics import NeuronStatistics
from cnnvis.store.reader import Run


def find(run: Run) -> Diagnosis:
    """Return what is wrong with a recorded training, as far as it has come.

    Raises:
        AbsentError: No training was recorded in this run.
        RunError: Its series cannot be read.

    """
    if not run.recorded:
        message = f"{run.path} holds no recorded training, only an analysis of a finished network."
        raise AbsentError(message, "Record one with `with cnnvis.Recorder(model, optimizer, to=...) as rec:`.")
    run.series.update()
    return judge(run, run.series.series())


def judge(run: Run, series: Series) -> Diagnosis:
    """Return what is wrong with a training, given what was recorded of it."""
    gates = gates_of(run.graph)
    return diagnose(Case(series=series, graph=run.graph, statistics=_statistics(run), gates=gates))


def _statistics(run: Run) -> NeuronStatistics | None:
    if not run.has_snapshot:
        return None
    reader = run.statistics
    return NeuronStatistics(
        units={unit.id: reader.unit(unit.id) for unit in run.graph.units if unit.id in reader.units},
        class_images=reader.class_images,
        confusion=reader.confusion,
        probe=reader.probe(*(unit.id for unit in run.graph.units)),
    )
