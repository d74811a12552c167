"""From a model and its data to a finished run folder: trace, collect, write, and fill the scene's cache."""

import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from jaxtyping import Int
from tqdm import tqdm

from cnnvis import __version__
from cnnvis.analysis.group import group_layers
from cnnvis.compose.class_hierarchy import named_groups
from cnnvis.compose.connecting import ByWeight, connect_by_contribution, connect_by_weight
from cnnvis.compose.further import Further, look_further
from cnnvis.compose.stored_pictures import stored_pictures
from cnnvis.compose.studio import Studio
from cnnvis.compose.words import expectation
from cnnvis.observe import Model
from cnnvis.observe.collect import CollectOptions, Forecast, collect, forecast
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.errors import DataError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.grouping import Grouping
from cnnvis.schema.run import DataFacts, ModelFacts, NamedGroup, RunFile
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import RunWriter


@dataclass(frozen=True, kw_only=True)
class AnalyzeOptions:
    """What a user may choose about an analysis."""

    name: str | None = None
    top_k: int = 9
    device: str | None = None
    output: str | None = None
    class_map: Int[np.ndarray, " outputs"] | None = None
    """Label per output of the network, -1 for none: aligns 1001 outputs with 1000 labels."""
    class_groups: object = None
    """The user's hierarchy: groups by name, each a list of class names and of further groups; None without one."""
    contributions: bool = True
    """Whether to run the second pass, with gradients."""
    resume: bool = False
    overwrite: bool = False
    progress: bool = True


def analyze_source(
    model: Model,
    source: ImageSource,
    *,
    to: Path,
    model_facts: ModelFacts,
    class_names: Sequence[str] | None = None,
    options: AnalyzeOptions | None = None,
) -> Path:
    """Analyse a network on a data set and write the run folder.

    Args:
        model: Any eager PyTorch model; it is not changed.
        source: The data.
        to: The folder to write; it must not exist, or be a run with ``overwrite`` or ``resume``.
        model_facts: Name and origin of the model.
        class_names: Names of the classes; the source's own when not given.
        options: See `AnalyzeOptions`.

    Returns:
        The run folder. After Ctrl-C it holds what was collected so far and says so.

    Raises:
        ModelError: The model cannot be run or traced.
        DataError: The data are empty or do not fit the model.
        RunError: The run folder cannot be written.

    """
    options = options or AnalyzeOptions()
    with RunWriter(to, overwrite=options.overwrite, resume=options.resume) as writer:
        first = _first_batch(source)
        graph = _trace(model, first, options)
        grouping = group_layers(graph)
        names = _class_names(class_names or source.class_names, graph, options.class_map)
        groups = () if options.class_groups is None else named_groups(options.class_groups, names)
        collecting = _collect_options(options, grouping, classes=len(names), state=writer.resume_folder)
        expected = forecast(model, source, graph, options=collecting)
        _announce(expected, show=options.progress)
        collected = collect(model, source, graph, options=collecting)
        further, by_weight = Further(), ByWeight()
        if collected.facts.complete:
            further = look_further(
                model, source, graph, collected=collected, options=collecting, contributions=options.contributions
            )
            by_weight = connect_by_weight(model, first, graph, grouping, collected.statistics)
        shape = tuple(int(size) for size in first.inputs.shape[1:])
        writer.write_model(
            _run_file(
                writer.run,
                source,
                model=msgspec.structs.replace(model_facts, input_shape=shape),
                classes=names,
                class_groups=groups,
                name=options.name,
                labelled=collected.facts.correct is not None,
                skipped_before=writer.resumed.data.skipped if writer.resumed else (),
            ),
            graph,
        )
        if further.contributions is not None:
            writer.write_contributions(further.contributions)
        if further.maps is not None:
            writer.write_maps(further.maps)
        if by_weight.connections is not None:
            writer.write_connections(by_weight.connections)
        writer.write_pictures(stored_pictures(collected, further.maps, progress=options.progress))
        said = (*expected.warnings, *source.warnings, *collected.facts.warnings, *further.warnings, *by_weight.warnings)
        warnings = tuple(dict.fromkeys(said))
        facts = msgspec.structs.replace(collected.facts, warnings=warnings)
        writer.write_snapshot(facts, collected.statistics)
        run = writer.finish(complete=facts.complete)
    studio = _filled(read_run(run), progress=options.progress)
    if facts.complete and options.contributions:
        _connect_clusters(studio, model, source, options)
    return run


def _announce(expected: Forecast, *, show: bool) -> None:
    """Say before the long pass what it will take, and what looks wrong."""
    if show:
        tqdm.write(
            expectation(expected.total, expected.seconds, expected.disk_bytes, expected.memory_bytes), file=sys.stderr
        )
        for warning in expected.warnings:
            tqdm.write(f"warning: {warning}", file=sys.stderr)


def _trace(model: Model, first: Batch, options: AnalyzeOptions) -> LayerGraph:
    return require_complete(trace(model, first.inputs[:1], output=options.output))


def _collect_options(options: AnalyzeOptions, grouping: Grouping, *, classes: int, state: Path) -> CollectOptions:
    return CollectOptions(
        classes=classes,
        representatives=tuple(dict.fromkeys(group.representative for group in grouping.groups)),
        top_k=options.top_k,
        device=options.device,
        label_of_output=options.class_map,
        output=options.output,
        state=state,
        resume=options.resume,
        progress=options.progress,
    )


def _first_batch(source: ImageSource) -> Batch:
    for batch in source.batches():
        if len(batch.samples):
            return batch
    reasons = f" {len(source.skipped)} could not be read, first: {source.skipped[0]}." if source.skipped else ""
    message = f"{source.name} holds no image that can be read.{reasons}"
    raise DataError(message, "Check --data and its format.")


def _class_names(
    names: Sequence[str] | None, graph: LayerGraph, class_map: Int[np.ndarray, " outputs"] | None
) -> tuple[str, ...]:
    """Return the names given, or one per output of the network."""
    if names:
        return tuple(names)
    if class_map is not None:
        return tuple(f"class {index}" for index in range(int(class_map.max(initial=0)) + 1))
    outputs = graph.layer(graph.output).shape if graph.output else ()
    return tuple(f"class {index}" for index in range(outputs[-1] if outputs else 1))


def _run_file(
    path: Path,
    source: ImageSource,
    *,
    model: ModelFacts,
    classes: tuple[str, ...],
    class_groups: tuple[NamedGroup, ...],
    name: str | None,
    labelled: bool,
    skipped_before: tuple[str, ...],
) -> RunFile:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    facts = DataFacts(
        name=source.name,
        images=source.total,
        labelled=labelled,
        preprocessing=source.preprocessing,
        skipped=tuple(dict.fromkeys((*skipped_before, *source.skipped))),
    )
    return RunFile(
        id=f"{path.name}-{now:%Y%m%dT%H%M%S}",
        name=name or path.name,
        created=now.isoformat().replace("+00:00", "Z"),
        tool=__version__,
        model=model,
        data=facts,
        classes=classes,
        class_groups=class_groups,
    )


def _connect_clusters(studio: Studio, model: Model, source: ImageSource, options: AnalyzeOptions) -> None:
    """Write what the neurons contribute to the clusters, which had to be found first."""
    run = studio.run
    found = connect_by_contribution(
        model,
        source,
        run.graph,
        probe=run.statistics.probe(),
        layers={unit: studio.layer(unit) for unit in studio.columns()},
        facts=run.snapshot,
        device=options.device,
        progress=options.progress,
    )
    if found.connections is not None:
        run.add_contribution_connections(found.connections)
    for warning in found.warnings if options.progress else ():
        tqdm.write(f"warning: {warning}", file=sys.stderr)


def _filled(run: Run, *, progress: bool) -> Studio:
    """Compose every column now, so that the page opens at once."""
    studio = Studio(run, identity=run.path.name, written=True)
    for unit in tqdm(studio.columns(), desc="clusters", unit="layer", disable=not progress, delay=2, leave=False):
        studio.fill_cache(unit)
    return studio
