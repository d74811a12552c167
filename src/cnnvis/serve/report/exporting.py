"""Writing a report of a run, for the command line and for Python."""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from cnnvis.schema.errors import RunError
from cnnvis.serve.built_page import PAGE
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.contents import SMALL, gather
from cnnvis.serve.report.write import write_file, write_folder
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import PYTHON, SHELL


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: Path
    size: int
    """Bytes."""
    left_out: tuple[str, ...]
    """What is not in it, as sentences."""


def export(
    run: Run | str | Path,
    to: str | Path | None = None,
    *,
    folder: bool = False,
    full: bool = False,
    overwrite: bool = False,
    progress: bool = True,
) -> Exported:
    """Write a run and its page into one file, which opens in a browser without a server and without network.

    The report shows the clusters as they are now. Nothing in it can be edited or computed anew.

    Args:
        run: An opened run, or the path of a run folder.
        to: The file to write; by default the run's name with ``.html``, in the current folder.
        folder: Write a folder for any web server instead; by default the run's name with ``-report``.
        full: Take in all that a report can hold, however large it gets. Otherwise it stays below 20 MB: what comes
            first on the page goes in first, and what is left out is listed.
        overwrite: Whether to replace what is there.
        progress: Whether to show a progress bar.

    Raises:
        RunError: The run cannot be opened, the target is taken or cannot be written.
        CnnvisError: The page is not built.

    """
    path = run.path if isinstance(run, Run) else read_run(run).path
    target = Path(to) if to is not None else Path(path.resolve().name + ("-report" if folder else ".html"))
    _check(target, folder=folder, overwrite=overwrite)
    shelf = RunShelf([path])
    answers = Answers(Services(shelf, Worker(None), read_only=True))
    with tqdm(desc="Gathering", unit=" steps", disable=not progress, leave=False) as bar:

        def show(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        contents = gather(answers, shelf.entries()[0], limit=None if full else SMALL, progress=show)
    size = (write_folder if folder else write_file)(contents, PAGE, target)
    return Exported(target, size, contents.left_out)


def _check(target: Path, *, folder: bool, overwrite: bool) -> None:
    if folder and target.exists() and not target.is_dir():
        raise RunError(f"{target} is a file, and a folder is to be written.", "Name another place.")
    if not folder and target.is_dir():
        raise RunError(f"{target} is a folder, and a file is to be written.", "Name a file such as report.html.")
    taken = any(target.iterdir()) if target.is_dir() else target.exists()
    if taken and not overwrite:
        raise RunError(
            f"{target} is there already.",
            f"Replace it with {SHELL.overwrite} (in Python {PYTHON.overwrite}), or name another place.",
        )
