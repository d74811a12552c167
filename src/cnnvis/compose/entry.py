"""A run in one line, and the head of its page."""

from cnnvis.compose.logits import logits_unit
from cnnvis.compose.words import counted, percent
from cnnvis.schema.scene import RunEntry, RunFacts
from cnnvis.store.reader import Run


def run_facts(run: Run, identity: str) -> RunFacts:
    """Return what the head of the page says."""
    logits = logits_unit(run.graph)
    activated = [unit for unit in run.graph.units if unit.activation is not None and unit.id != logits]
    file, snapshot = run.file, run.snapshot
    return RunFacts(
        id=identity,
        name=file.name,
        model=file.model.name,
        data=file.data.name,
        created=file.created,
        images_seen=snapshot.images_seen,
        images_total=snapshot.images_total,
        complete=snapshot.complete,
        labelled=file.data.labelled,
        by_prediction=file.data.by_prediction,
        accuracy=run.accuracy,
        parameters=file.model.parameters,
        neurons=sum(unit.neurons for unit in activated),
        layers=len(activated),
        step=snapshot.step,
        warnings=(*snapshot.warnings, *_left_out(file.data.skipped)),
        recorded=run.recorded,
    )


def run_entry(run: Run, identity: str) -> RunEntry:
    """Return the run's line in the list of runs."""
    facts = run_facts(run, identity)
    images = [counted(facts.images_seen, "image")] if run.has_snapshot else ["curves only"]
    parts = [part for part in (facts.model, facts.data, *images) if part]
    if facts.accuracy is not None:
        parts.append(f"{percent(facts.accuracy)} right")
    return RunEntry(id=identity, name=facts.name, detail=" · ".join(parts), created=facts.created)


def _left_out(skipped: tuple[str, ...]) -> tuple[str, ...]:
    """Return one sentence about the images that could not be read."""
    if not skipped:
        return ()
    return (f"{counted(len(skipped), 'image')} could not be read and were left out, first: {skipped[0]}.",)
