"""The front page of a recorded run, and the first line of its series."""

import datetime
from pathlib import Path

from torch import nn

from cnnvis import __version__
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.optimizers import parameter_groups
from cnnvis.observe.record.probe import ProbeImages
from cnnvis.observe.record.weights import norm_units, parameter_names
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import ModelFacts, RunFile
from cnnvis.schema.series import SeriesHead


def run_file(
    model: nn.Module, probe: ProbeImages, path: Path, *, name: str | None, classes: tuple[str, ...]
) -> RunFile:
    """Return the front page."""
    facts = ModelFacts(
        name=type(model).__name__,
        source=f"{type(model).__module__}.{type(model).__qualname__}",
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        input_shape=tuple(int(size) for size in probe.inputs.shape[1:]),
    )
    created = _utc()
    return RunFile(
        id=f"{path.name}-{created.replace('-', '').replace(':', '').rstrip('Z')}",
        name=name or path.name,
        created=created,
        tool=__version__,
        model=facts,
        data=probe.facts(),
        classes=classes,
    )


def series_head(measurer: Measurer, graph: LayerGraph, *, classes: int, processes: int) -> SeriesHead:
    """Return the line that says what the positions in all lists stand for."""
    names = parameter_names(measurer.model)
    frozen, unoptimized = left_out(measurer)
    return SeriesHead(
        created=_utc(),
        units=tuple(unit.id for unit in graph.units),
        weights=tuple("" if own is None else own.name for own in measurer.weights),
        norms=tuple(measurer.norms.norms),
        norm_units=norm_units(graph, dict(measurer.norms.norms)),
        groups=parameter_groups(measurer.optimizers.optimizers, names),
        classes=classes,
        frozen=frozen,
        unoptimized=unoptimized,
        processes=processes,
        compiled=measurer.compiled,
        source="probe" if measurer.blind else "training",
    )


def left_out(measurer: Measurer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of parameters that ask for no gradient, and of those that no optimizer trains."""
    optimizers = measurer.optimizers.optimizers
    trained = {one for optimizer in optimizers for group in optimizer.param_groups for one in group["params"]}
    names = parameter_names(measurer.model)
    frozen = tuple(name for parameter, name in names.items() if not parameter.requires_grad)
    return frozen, tuple(name for one, name in names.items() if one.requires_grad and one not in trained)


def _utc() -> str:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return now.isoformat().replace("+00:00", "Z")
