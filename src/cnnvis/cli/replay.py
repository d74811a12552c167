"""`cnnvis replay CHECKPOINTS`: a recorded training of what is left of one."""

from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from tqdm import tqdm

from cnnvis.cli.console import Console
from cnnvis.cli.preprocessing import preprocessing
from cnnvis.compose.recorder import look_closer
from cnnvis.compose.words import counted
from cnnvis.observe.inputs import DataOptions, ImageSource, default_device, load_model, open_data, read_classes
from cnnvis.observe.record.probe import MOST_IMAGES
from cnnvis.observe.replay import Replay, Replayed, find_checkpoints
from cnnvis.schema.errors import RunError
from cnnvis.store.layout import RUN_FILE


def run(options: Namespace, console: Console) -> int:
    """Replay, then say what came of it; 130 when Ctrl-C ended it early.

    Raises:
        CnnvisError: Checkpoints, model, data or the run folder cannot be used.

    """
    _refuse(options)
    checkpoints, how = find_checkpoints(options.checkpoints)
    console.remark(f"{counted(len(checkpoints), 'checkpoint')}, steps {checkpoints[0].step:,} to "
                   f"{checkpoints[-1].step:,}. {how}")  # fmt: skip
    classes = read_classes(options.class_names) if options.class_names else None
    device = cast("str | None", options.device) or default_device()
    loaded = load_model(options.model, device=device, args=dict(options.model_arg))
    source = _source(options)
    replay = Replay(
        loaded.model,
        source,
        facts=loaded.facts,
        class_names=classes.names if classes else source.class_names,
        part="train" if options.split == "train" else "validation",
        device=device,
        output=options.output,
        companion=look_closer,
    )
    with _progress(len(checkpoints), show=not options.no_progress) as tell:
        done = replay.run(
            checkpoints, options.to, name=options.name, overwrite=options.overwrite, resume=options.resume, tell=tell
        )
    return _report(done, len(checkpoints), console)


def _refuse(options: Namespace) -> None:
    """Refuse what cannot come to anything before anything slow is done."""
    to: Path = options.to
    if options.overwrite and options.resume:
        message = "--overwrite and --resume contradict each other."
        raise RunError(message, "Give --resume to go on with a stopped replay, --overwrite to begin again.")
    there = (to / RUN_FILE).is_file()
    if there and not options.overwrite and not options.resume:
        message = f"There is a run at {to} already."
        raise RunError(
            message, "Choose another folder with -o, go on with it by --resume, or replace it by --overwrite."
        )
    if options.resume and not there:
        raise RunError(f"There is no run at {to} to go on with.", "Leave out --resume.")


def _source(options: Namespace) -> ImageSource:
    classes = read_classes(options.class_names) if options.class_names else None
    return open_data(
        options.data,
        preprocess=preprocessing(options),
        options=DataOptions(
            batch_size=options.batch_size,
            limit=min(options.limit or MOST_IMAGES, MOST_IMAGES),
            classes=classes,
            labels=options.labels,
            split=options.split,
            workers=options.workers,
            args=dict(options.data_arg),
        ),
    )


@contextmanager
def _progress(total: int, *, show: bool) -> Generator[Callable[[str], None]]:
    """Show a bar with the time left; the function that is given back moves it by a checkpoint."""
    with tqdm(total=total, desc="checkpoints", unit="checkpoint", disable=not show) as bar:

        def tell(name: str) -> None:
            bar.set_postfix_str(name, refresh=False)
            bar.update()

        yield tell


def _report(done: Replayed, wanted: int, console: Console) -> int:
    for sentence in done.left_out:
        console.remark(f"warning: {sentence} It was left out.")
    if not done.complete:
        console.line(
            f"Stopped after {done.done} of {counted(wanted, 'checkpoint')}. Go on with the same command and --resume."
        )
    else:
        console.line(f"{counted(done.done, 'checkpoint')} replayed.")
    if done.done:
        console.line(f"Look at it: cnnvis open {done.path}")
    return 0 if done.complete else 130
