"""The front door of notebooks, which says what is missing before anything is imported that may be."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cnnvis.schema.errors import MissingPackageError
from cnnvis.store.reader import Run, read_run

if TYPE_CHECKING:
    from cnnvis.notebook.widget import RunWidget

USUAL_HEIGHT = 640
"""Pixels: the picture and its details, and still a cell above or below."""


def view(run: Run | str | Path, *, height: int = USUAL_HEIGHT, read_only: bool = False) -> "RunWidget":
    """Show a run in a cell of a notebook: the page that `cnnvis.open` shows, with what is selected as data.

    >>> w = cnnvis.view("runs/resnet20")  # doctest: +SKIP
    >>> w.selection.neurons  # doctest: +SKIP
    ('layer2.0/relu#1:3', 'layer2.0/relu#1:13')

    Args:
        run: An opened run, as `cnnvis.analyze` returns it, or the path of a run folder.
        height: Pixels; the corner of the picture can be dragged.
        read_only: Whether clusters can be looked at, not changed.

    Raises:
        RunError: There is no run at this path, or it cannot be opened.
        MissingPackageError: anywidget is not installed.

    """
    if find_spec("anywidget") is None:
        message = "Showing a run in a notebook needs the package anywidget."
        raise MissingPackageError(message, "Run: pip install 'cnnvis[notebook]', and start the kernel again.")
    path = run.path if isinstance(run, Run) else read_run(run).path
    from cnnvis.notebook.widget import RunWidget

    return RunWidget(path, height=height, read_only=read_only)
