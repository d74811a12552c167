"""Names of the user's own code (`module:function`, `file.py:function`) turned into the things they name."""

import importlib
import importlib.util
import inspect
import operator
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from cnnvis.observe.inputs.mismatch import torchvision_mismatch
from cnnvis.schema.errors import CnnvisError, MissingPackageError


def is_reference(text: str) -> bool:
    """Say whether this has the form `module:name` and is not simply an existing file or folder."""
    return ":" in text and not Path(text).exists()


def resolve(reference: str, *, error: type[CnnvisError], what: str) -> object:
    """Return the object that ``module:name`` or ``path/file.py:name`` names; the current folder is importable.

    Args:
        reference: The module or file, a colon, and a name in it (dots allowed).
        error: Kind of error to raise.
        what: The option's name, for messages.

    Raises:
        CnnvisError: Of the given kind, when the module or the name does not exist or importing it fails.

    """
    place, _, name = reference.rpartition(":")
    if not place or not name:
        message = f"{what} is {reference!r}; it must be module:name or path/to/file.py:name."
        raise error(message, "Name the module or file first, then a colon, then the function or object in it.")
    module = _from_file(Path(place), error, what) if place.endswith(".py") else _from_name(place, error, what)
    try:
        return operator.attrgetter(name)(module)
    except AttributeError as problem:
        near = get_close_matches(name, [known for known in dir(module) if not known.startswith("_")], n=3)
        message = f"{what}: {place!r} has no {name!r}" + (f"; near it: {', '.join(near)}." if near else ".")
        raise error(message, f"Check the spelling of the name after the colon in {reference!r}.") from problem


def call(
    function: Callable[..., object], arguments: Mapping[str, object], *, error: type[CnnvisError], what: str
) -> object:
    """Call the user's function with keyword arguments; a failure becomes one sentence.

    Raises:
        CnnvisError: Of the given kind, when the arguments do not fit or the function raises.

    """
    name = getattr(function, "__name__", type(function).__name__)
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError as problem:
        message = f"{what}: {name} cannot be called with {_shown(arguments)}: {problem}."
        raise error(
            message, f"Give its arguments as {what}-arg NAME=VALUE, or write a small function that does."
        ) from problem
    except ValueError:
        pass  # built-in callables have no signature to check; calling tells
    try:
        return function(**arguments)
    except CnnvisError:
        raise
    except Exception as problem:
        mismatch = torchvision_mismatch(problem)  # imported inside the function
        if mismatch is not None:
            raise mismatch from problem
        message = f"{what}: {name} failed with {type(problem).__name__}: {problem}"
        raise error(message, "Call it in Python to see where.") from problem


def _from_name(name: str, error: type[CnnvisError], what: str) -> ModuleType:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as problem:
        missing = problem.name or name
        if name == missing or name.startswith(f"{missing}."):
            message = f"{what}: there is no module {name!r}, neither installed nor in the folder {folder}."
            raise error(
                message, "Run the command in the folder that holds it, or give path/to/file.py:name."
            ) from problem
        message = f"{what}: the module {name!r} needs the package {missing!r}, which is not installed."
        raise MissingPackageError(message, f"Run: pip install {missing.partition('.')[0]}") from problem
    except Exception as problem:
        raise _broken(f"{what}: importing {name!r}", problem, error) from problem


def _from_file(path: Path, error: type[CnnvisError], what: str) -> ModuleType:
    if not path.is_file():
        message = f"{what}: there is no file {str(path)!r} in the folder {Path.cwd()}."
        raise error(message, "Check the path before the colon.")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        message = f"{what}: the file {str(path)!r} is not a Python module."
        raise error(message, "Give a .py file.")
    module = importlib.util.module_from_spec(spec)
    previous = sys.modules.get(path.stem)
    sys.modules[path.stem] = module  # as importing does: dataclasses and pickling look a class's module up by name
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        del sys.modules[path.stem]
        if previous is not None:
            sys.modules[path.stem] = previous
        raise _broken(f"{what}: importing {str(path)!r}", problem, error) from problem
    return module


def _broken(doing: str, problem: Exception, error: type[CnnvisError]) -> CnnvisError:
    mismatch = torchvision_mismatch(problem)
    if mismatch is not None:
        return mismatch
    return error(f"{doing} failed with {type(problem).__name__}: {problem}", "Import it in Python to see where.")


def _shown(arguments: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in arguments.items()) or "no arguments"
