"""What lies outside of the repository: the shared data, and torchvision where its compiled part does not load."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
_kept_alive: list[object] = []


class TorchvisionMissingError(ImportError):
    """torchvision is not installed, or cannot be imported here."""


def shared_data_folder() -> Path:
    """Return where the shared data would lie: CNNVIS_TEST_DATA, or beside the repository."""
    return Path(os.environ.get("CNNVIS_TEST_DATA") or ROOT.parent / "shared" / "data")


def import_file(name: str, path: Path) -> ModuleType:
    """Import a file that is in no package, importable as ``name`` from then on."""
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        if specification is None or specification.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    return sys.modules[name]


def import_torchvision() -> ModuleType:
    """Return the torchvision package.

    Raises:
        TorchvisionMissingError: There is none, or its compiled part does not load and the shim is not here.

    """
    if importlib.util.find_spec("torchvision") is None:
        message = "torchvision is not installed (make test-slow installs it)"
        raise TorchvisionMissingError(message)
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        shim = shared_data_folder().parent / "torchvision_shim.py"
        if not shim.is_file():
            message = "torchvision does not import on this CPU-only PyTorch, and torchvision_shim.py is not here"
            raise TorchvisionMissingError(message) from error
        _kept_alive.append(import_file("torchvision_shim", shim).install())
        return importlib.import_module("torchvision")
