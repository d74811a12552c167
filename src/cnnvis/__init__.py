"""cnnvis: understand, diagnose and refine convolutional networks.

>>> import cnnvis
>>> run = cnnvis.analyze(model, dataset, to="runs/resnet20", class_names=names)  # doctest: +SKIP
>>> cnnvis.open(run)  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

from cnnvis.schema.errors import CnnvisError

if TYPE_CHECKING:
    from cnnvis.compose.analyze import analyze
    from cnnvis.compose.editing import Edits
    from cnnvis.compose.recorder import Recorder
    from cnnvis.notebook import view
    from cnnvis.observe.inputs import Preprocess
    from cnnvis.observe.trace import trace
    from cnnvis.serve.launch import open_run as open  # noqa: A004 (the public verb is `cnnvis.open`)
    from cnnvis.serve.report import export
    from cnnvis.store.reader import Run
    from cnnvis.store.reader import read_run as read

__version__ = "0.1.0"
__all__ = [
    "CnnvisError",
    "Edits",
    "Preprocess",
    "Recorder",
    "Run",
    "__version__",
    "analyze",
    "export",
    "open",
    "read",
    "trace",
    "view",
]

# Looked up when first used: analysing needs torch, viewing must not load it, and the command line starts at once.
_HOMES = {
    "Edits": ("cnnvis.compose.editing", "Edits"),
    "Preprocess": ("cnnvis.observe.inputs", "Preprocess"),
    "Recorder": ("cnnvis.compose.recorder", "Recorder"),
    "Run": ("cnnvis.store.reader", "Run"),
    "analyze": ("cnnvis.compose.analyze", "analyze"),
    "export": ("cnnvis.serve.report", "export"),
    "open": ("cnnvis.serve.launch", "open_run"),
    "read": ("cnnvis.store.reader", "read_run"),
    "trace": ("cnnvis.observe.trace", "trace"),
    "view": ("cnnvis.notebook", "view"),
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(home[0]), home[1])
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
