"""From a model and its data to a finished run folder: trace, collect, write, and fill the scene's cache."""

import datetime
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from jaxtyping import Int
from tqdm import tqdm

from cnnvis import __version__
from cnnvis.analysis.group import group_layers
from cnnvis.compose.class_hierarchy import named_groups
from cnnvis.compose.connecting import ByWeight, connect_by_contribution, connect_by_weight, connection_seconds
from cnnvis.compose.further import Further, contribution_seconds, look_further
from cnnvis.compose.stored_pictures import missing_pictures, stored_pictures
from cnnvis.compose.studio import Studio
from cnnvis.compose.words import expectation
from cnnvis.observe import Model
from cnnvis.observe.collect import Collected, CollectOptions, Forecast, collect, forecast
from cnnvis.observe.inputs import count_parameters, fit_source
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.grouping import Grouping
from cnnvis.schema.run import DataFacts, ModelFacts, NamedGroup, RunFile
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import SHELL, RunWriter, Speech

TRIED_BATCHES = 2
"""The first of them warms up."""


@dataclass(frozen=True, kw_only=True)
class AnalyzeOptions:
    """What a user may choose about an analysis."""

    name: str | None = None
    top_k: int = 9
    device: str | None = None
    output: str | int | None = None
    """Which entry of a tuple or dict output holds the logits."""
    input_name: str | None = None
    """Which of several inputs is the image: the parameter of the network's forward, the key or place in the data."""
    class_map: Int[np.ndarray, " outputs"] | None = None
    """Label per output of the network, -1 for none: aligns 1001 outputs with 1000 labels."""
    class_groups: object = None
    """The user's hierarchy: groups by name, each a list of class names and of further groups; None without one."""
    contributions: bool = True
    """Whether to run the second pass, with gradients."""
    resume: bool = False
    overwrite: bool = False
    progress: bool = True
    speech: Speech = SHELL
    """How errors speak of these choices."""


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
    with RunWriter(to, overwrite=options.overwrite, resume=options.resume, speech=options.speech) as writer:
        source, first = fit_source(source, model, image=options.input_name)
        graph = _trace(model, first, options)
        grouping = group_layers(graph)
        names = _class_names(class_names or source.class_names, graph, options.class_map)
        groups = () if options.class_groups is None else named_groups(options.class_groups, names)
        collecting = _collect_options(options, grouping, classes=len(names), state=writer.resume_folder)
        expected = forecast(model, source, graph, options=collecting, images=TRIED_BATCHES * len(first.samples))
        collecting = replace(collecting, by_prediction=expected.by_prediction)
        after = _after(expected, graph, collecting) if options.contributions else 0.0
        _announce(expected, after, show=options.progress)
        collected = collect(model, source, graph, options=collecting)
        further, by_weight = Further(), ByWeight()
        if collected.facts.complete:
            further = look_further(
                model, source, graph, collected=collected, options=collecting, contributions=options.contributions
            )
            by_weight = connect_by_weight(model, first, graph, grouping, collected.statistics)
        shape = tuple(int(size) for size in first.inputs.image.shape[1:])
        writer.write_model(
            _run_file(
                writer.run,
                data=_data_facts(source, collected, collecting, before=writer.resumed),
                # Counted now: lazy layers have their weights only after the first forward pass.
                model=msgspec.structs.replace(model_facts, input_shape=shape, parameters=count_parameters(model)),
                classes=names,
                class_groups=groups,
                name=options.name,
            ),
            graph,
        )
        if further.contributions is not None:
            writer.write_contributions(further.contributions)
        if further.maps is not None:
            writer.write_maps(further.maps)
        if by_weight.connections is not None:
            writer.write_connections(by_weight.connections)
        missing: list[str] = []
        pictures = stored_pictures(collected, further.maps, missing=missing, progress=options.progress)
        writer.write_pictures(pictures)
        said = (*expected.warnings, *source.warnings, *collected.facts.warnings, *further.warnings, *by_weight.warnings)
        warnings = tuple(dict.fromkeys((*said, *missing_pictures(missing))))
        facts = msgspec.structs.replace(collected.facts, warnings=warnings)
        writer.write_snapshot(facts, collected.statistics)
        run = writer.finish(complete=facts.complete)
    studio = _filled(read_run(run), progress=options.progress)
    if facts.complete and options.contributions:
        _connect_clusters(studio, model, source, options)
    return run


def _after(expected: Forecast, graph: LayerGraph, options: CollectOptions) -> float:
    """Return about how long the passes after the one over the data will take, in seconds; 0 when not known."""
    if expected.total is None:
        return 0.0
    each, columns = expected.seconds_per_image, len(options.representatives)
    scored = expected.accuracy is not None or options.by_prediction
    contributing = contribution_seconds(expected.total, each, classes=options.classes)
    return (contributing if scored else 0.0) + connection_seconds(expected.total, each, graph, columns)


def _announce(expected: Forecast, after: float, *, show: bool) -> None:
    """Say before the long pass what looks wrong, and with ``show`` what it will take."""
    if show:
        line = expectation(expected.total, expected.seconds, after, expected.disk_bytes, expected.memory_bytes)
        tqdm.write(line, file=sys.stderr)
    for warning in expected.warnings:  # bars or not: a pass on badly prepared images is not worth its time
        tqdm.write(f"warning: {warning}", file=sys.stderr)


def _trace(model: Model, first: Batch, options: AnalyzeOptions) -> LayerGraph:
    return require_complete(trace(model, first.inputs.take(slice(0, 1)), output=options.output))


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


def _class_names(
    names: Sequence[str] | None, graph: LayerGraph, class_map: Int[np.ndarray, " outputs"] | None
) -> tuple[str, ...]:
    """Return the names given, or one per output of the network."""
    if names:
        return tuple(names)
    if class_map is not None:
        return tuple(f"class {index}" for index in range(int(class_map.max(initial=0)) + 1))
    shape = graph.layer(graph.output).shape if graph.output else ()
    return tuple(f"class {index}" for index in range(shape[0] if shape else 1))


def _data_facts(
    source: ImageSource, collected: Collected, options: CollectOptions, *, before: RunFile | None
) -> DataFacts:
    """Return what was looked at; ``before`` is the run that the pass went on from."""
    skipped = before.data.skipped if before else ()
    return DataFacts(
        name=source.name,
        images=source.total,
        labelled=not options.by_prediction and bool(collected.statistics.class_images.any()),
        by_prediction=options.by_prediction,
        preprocessing=source.preprocessing,
        skipped=tuple(dict.fromkeys((*skipped, *source.skipped))),
    )


def _run_file(
    path: Path,
    *,
    data: DataFacts,
    model: ModelFacts,
    classes: tuple[str, ...],
    class_groups: tuple[NamedGroup, ...],
    name: str | None,
) -> RunFile:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return RunFile(
        id=f"{path.name}-{now:%Y%m%dT%H%M%S}",
        name=name or path.name,
        created=now.isoformat().replace("+00:00", "Z"),
        tool=__version__,
        model=model,
        data=data,
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
        layers=studio.links.layers(()),
        facts=run.snapshot,
        device=options.device,
        progress=options.progress,
    )
    warnings = list(found.warnings)
    if found.connections is not None:
        try:
            run.add_contribution_connections(found.connections)
        except RunError as error:  # the run itself is whole
            warnings.append(f"Connections by contribution were not kept. {error.message}")
    for warning in warnings if options.progress else ():
        tqdm.write(f"warning: {warning}", file=sys.stderr)


def _filled(run: Run, *, progress: bool) -> Studio:
    """Compose every column now, so that the page opens at once."""
    studio = Studio(run, identity=run.path.name, written=True)
    for unit in tqdm(studio.columns(), desc="clusters", unit="layer", disable=not progress, delay=2, leave=False):
        studio.fill_cache(unit)
    return studio
