"""`cnnvis analyze`: from a network and images to a run folder, and what was found in plain sentences."""

from argparse import Namespace
from pathlib import Path
from typing import cast

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import INTERRUPTED, OK
from cnnvis.cli.preprocessing import preprocessing
from cnnvis.compose.class_hierarchy import read_class_groups
from cnnvis.compose.entry import run_facts
from cnnvis.compose.pipeline import AnalyzeOptions, analyze_source
from cnnvis.compose.words import counted, percent
from cnnvis.observe.inputs import (
    ClassList,
    DataOptions,
    ImageSource,
    LoadedModel,
    default_device,
    load_model,
    open_data,
    read_class_map,
    read_classes,
)
from cnnvis.schema.errors import CnnvisError, RunError
from cnnvis.store.layout import RUN_FILE
from cnnvis.store.reader import read_run
from cnnvis.store.writer import is_resumable, require_free, run_mark

_KEPT = "What was read so far is kept; go on with the same command and --resume"
_LISTED = 5
"""Unreadable images that are named; the run folder lists all."""


def run(options: Namespace, console: Console) -> int:
    """Analyse, then say what was found; 130 when Ctrl-C ended it early.

    Raises:
        CnnvisError: When the model, the data or the run folder cannot be used.

    """
    to = _run_folder(options)
    classes = read_classes(options.class_names) if options.class_names else None
    preprocess = preprocessing(options)
    device = cast("str | None", options.device) or default_device()
    loaded = load_model(
        options.model,
        checkpoint=options.checkpoint,
        device=device,
        args=dict(options.model_arg),
    )
    source = open_data(options.data, preprocess=preprocess, options=_data_options(options, classes))
    for note in loaded.notes:
        console.remark(f"warning: {note}")
    before = run_mark(to)
    try:
        path = analyze_source(
            loaded.model,
            source,
            to=to,
            model_facts=loaded.facts,
            class_names=classes.names if classes else source.class_names,
            options=_analyze_options(options, device, classes or _classes_of(source)),
        )
    except KeyboardInterrupt:
        return _interrupted(to, console, written=run_mark(to) != before)
    except CnnvisError as error:
        if not is_resumable(to):
            raise
        raise type(error)(error.message, f"{error.remedy} {_KEPT} (-o {to}).".strip()) from error
    return _report(path, loaded, source, console=console)


def _run_folder(options: Namespace) -> Path:
    """Return the folder to write, and refuse one that is taken before anything slow is done."""
    name = cast("str", options.model).rpartition(":")[2].rpartition(".")[2]
    to = cast("Path | None", options.to) or Path("runs") / name
    if options.overwrite and options.resume:
        message = "--overwrite and --resume contradict each other."
        raise RunError(message, "Give --resume to go on with an interrupted analysis, --overwrite to begin again.")
    require_free(to, overwrite=options.overwrite, resume=options.resume)
    return to


def _data_options(options: Namespace, classes: ClassList | None) -> DataOptions:
    return DataOptions(
        batch_size=options.batch_size,
        limit=options.limit,
        classes=classes,
        labels=options.labels,
        split=options.split,
        workers=options.workers,
        args=dict(options.data_arg),
        image=options.input_name,
    )


def _analyze_options(options: Namespace, device: str, classes: ClassList | None) -> AnalyzeOptions:
    count = len(classes.names) if classes else None
    return AnalyzeOptions(
        name=options.name,
        top_k=options.top_k,
        device=device,
        output=options.output,
        input_name=options.input_name,
        class_map=read_class_map(options.class_map, count) if options.class_map else None,
        class_groups=read_class_groups(options.class_groups) if options.class_groups else None,
        contributions=not options.no_contributions,
        resume=options.resume,
        overwrite=options.overwrite,
        progress=not options.no_progress,
    )


def _classes_of(source: ImageSource) -> ClassList | None:
    return ClassList(source.class_names) if source.class_names else None


def _interrupted(to: Path, console: Console, *, written: bool) -> int:
    if written:
        console.remark(
            f"Interrupted when the run was written; only connections by contribution may be missing: cnnvis open {to}"
        )
    elif is_resumable(to):
        console.remark(f"Interrupted. {_KEPT} (-o {to}).")
    else:
        console.remark("Interrupted before anything was written; no run was changed.")
    return INTERRUPTED


def _report(path: Path, loaded: LoadedModel, source: ImageSource, *, console: Console) -> int:
    """Say what was found, in plain sentences."""
    run = read_run(path)
    facts, skipped = run_facts(run, path.name), run.file.data.skipped
    shown = _shown(path)
    console.line()
    console.line(
        f"{facts.model} has {counted(facts.neurons, 'neuron')} after a non-linearity "
        f"in {counted(facts.layers, 'layer')}. "
        f"It saw {counted(facts.images_seen, 'image')} of {facts.data} ({source.preprocessing})."
    )
    if facts.accuracy is not None:
        console.line(f"It predicted {percent(facts.accuracy)} of them right.")
    elif facts.labelled:
        console.line("It gives no class scores, so there is no accuracy; profiles run over the images' labels.")
    elif facts.by_prediction:
        console.line("The images have no labels: there is no accuracy, and classes are what the network predicts.")
    else:
        console.line("The images have no labels, so there is no accuracy.")
    if skipped:
        console.line(f"{counted(len(skipped), 'image')} could not be read and stayed out:")
        for reason in skipped[:_LISTED]:
            console.line(f"  {reason}")
        if len(skipped) > _LISTED:
            console.line(f"  and {len(skipped) - _LISTED} more, all listed in {shown}/{RUN_FILE}")
    for warning in dict.fromkeys((*loaded.notes, *run.snapshot.warnings)):
        console.line(f"Warning: {warning}")
    if not facts.complete:
        total = "" if facts.images_total is None else f" of {facts.images_total:,}"
        console.line(f"Stopped after {facts.images_seen:,}{total} images; the run shows these. Go on with --resume.")
    console.line(f"Look at it: cnnvis open {shown}")
    return OK if facts.complete else INTERRUPTED


def _shown(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
