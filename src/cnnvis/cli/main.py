"""The command `cnnvis`: reads the line, calls the chosen command, and turns errors into sentences and exit codes.

Nothing heavy is imported here: each command lives in a module of its own, which is imported only when it is chosen.
This is the package's one deliberate late import: `cnnvis --help` must start at once and must not load torch, numpy or
the server, and opening a run must not load torch.
"""

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from cnnvis.cli.arguments import join_signed
from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import FAILED, INTERRUPTED, PIPE_CLOSED
from cnnvis.cli.parser import build_parser
from cnnvis.schema.errors import CnnvisError, MissingPackageError

_COMMANDS = {"analyze": "analyze", "analyse": "analyze", "open": "open", "check": "check", "demo": "demo",
             "import-tensorboard": "import_tensorboard", "replay": "replay", "edit": "edit", "query": "query",
             "export": "export", "list": "list", "snapshot": "snapshot"}  # fmt: skip
"""Command as typed to the module that runs it."""

_GET_TORCH = "Run: uv pip install --torch-backend=auto torch (auto takes the build that fits your machine)."
"""Not the package's own extra: with it pip takes several gigabytes of CUDA, GPU or not."""

Command = Callable[[Namespace, Console], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 2 for an error the user can mend, 130 after Ctrl-C.

    Args:
        arguments: The words after `cnnvis`; None: those of this process.

    """
    console = Console()
    # OpenBLAS reads past the end of small matrices on some processors, and numpy reports what it met there; the product
    # is right (numpy/numpy#24067), and the warning would only alarm. Values that are not finite are counted and told.
    warnings.filterwarnings("ignore", ".*encountered in matmul", RuntimeWarning)
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments), console)
        console.flush()
    except CnnvisError as error:
        console.error(str(error))
        for line in error.details:
            console.remark(f"  {line}")
        return FAILED
    except KeyboardInterrupt:
        console.remark("Interrupted; no run was changed.")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left (`cnnvis | head`): what Python still flushes at its end must go nowhere, silently.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception:
        console.remark("This is a mistake in cnnvis. Please report it, with your command and these lines:")
        raise
    return code


def _run(words: list[str], console: Console) -> int:
    if not words:
        return _command("list")(Namespace(), console)
    if words[0] not in _COMMANDS and not words[0].startswith("-"):
        if not Path(words[0]).exists():
            message = f"There is neither a command nor a run folder {words[0]!r}."
            commands = "cnnvis --help lists the commands; cnnvis alone lists the runs here."
            raise CnnvisError(message, commands)
        words = ["open", *words]
    line = join_signed(words)
    options = build_parser().parse_args(line)
    options.line = line
    try:
        return _command(cast("str", options.command))(options, console)
    except ModuleNotFoundError as problem:
        if (problem.name or "").partition(".")[0] != "torch":
            raise
        message = f"cnnvis {options.command} needs PyTorch, which is not installed here."
        raise MissingPackageError(message, _GET_TORCH) from problem


def _command(name: str) -> Command:
    return cast("Command", import_module(f"cnnvis.cli.{_COMMANDS[name]}").run)
