"""The checkpoints in a folder, in the order of the training, and the step that each is of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnvis.observe.inputs.checkpoint import SUFFIXES, checkpoint_step
from cnnvis.schema.errors import CheckpointError

_STEP = re.compile(r"(?:^|[^a-z])(?:global_?)?(?:step|steps|iter|iters|iteration|it)[=_-]?(\d+)", re.IGNORECASE)
_EPOCH = re.compile(r"(?:^|[^a-z])(?:epoch|ep|e)[=_-]?(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_INSIDE = ("model.safetensors", "pytorch_model.bin", "model.pt", "model.pth", "weights.pt")
"""What a folder per checkpoint keeps its weights in, as Hugging Face's `checkpoint-500` does."""


@dataclass(frozen=True)
class Checkpoint:
    """One file of weights."""

    path: Path
    name: str
    """File name; that of its folder where each checkpoint has one."""
    step: int
    """Training step, or epoch, or only its place among the others."""


def find_checkpoints(folder: Path) -> tuple[list[Checkpoint], str]:
    """Return a folder's checkpoints in the order of the training, and where their steps are from, in a sentence.

    A step comes from the file's name (``step=400``, ``iter_400``, ``epoch_3``, ``checkpoint-400`` ...); names without
    one (``last``, ``best``) are left out while most have one. Else it comes from what is in the files (``global_step``,
    ``step``, ``iteration``, ``epoch``). Where that does not tell them apart either, the natural order of the names
    counts: 1, 2, 3 ...

    Raises:
        CheckpointError: There is no such folder, or no checkpoint in it, or one cannot be read for its step.

    """
    files = _files(folder)
    for what, pattern in (("step", _STEP), ("epoch", _EPOCH), ("number", _NUMBER)):
        known = [(name, path, step) for name, path in files if (step := _last(pattern, name)) is not None]
        if 2 * len(known) > len(files) and _apart(known):
            rest = sorted(name for name, path in files if (name, path) not in {one[:2] for one in known})
            left_out = f" Left out, for want of one: {', '.join(rest)}." if rest else ""
            return _ordered(known), f"Steps are the {what}s in the names.{left_out}"
    held = [(name, path, step) for name, path in files if (step := checkpoint_step(path)) is not None]
    if len(held) == len(files) and _apart(held):
        return _ordered(held), "Steps are those that the checkpoints hold."
    ordered = sorted(files, key=lambda file: natural(file[0]))
    found = [Checkpoint(path, name, place) for place, (name, path) in enumerate(ordered, start=1)]
    return found, "Neither names nor contents tell steps: checkpoints are numbered in the order of their names."


def _files(folder: Path) -> list[tuple[str, Path]]:
    if not folder.is_dir():
        message = f"{folder} is no folder of checkpoints."
        raise CheckpointError(message, "Give the folder that the training saved its checkpoints into.")
    files = [(path.name, path) for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file()]
    if not files:
        inner = ((child.name, child / name) for child in folder.iterdir() if child.is_dir() for name in _INSIDE)
        # A folder that holds several is taken once, by the first of the names.
        files = list({name: (name, path) for name, path in reversed(list(inner)) if path.is_file()}.values())
    if not files:
        message = f"There is no checkpoint in {folder} (looked for {', '.join(SUFFIXES)}, and folders with one each)."
        raise CheckpointError(message, "Give the folder that the training saved its checkpoints into.")
    return files


def _last(pattern: re.Pattern[str], name: str) -> int | None:
    stem = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    found = pattern.findall(stem)
    return int(found[-1]) if found and len(found[-1]) <= 15 else None


def _apart(known: Sequence[tuple[str, Path, int]]) -> bool:
    return len({step for _, _, step in known}) == len(known)


def _ordered(known: Sequence[tuple[str, Path, int]]) -> list[Checkpoint]:
    return sorted((Checkpoint(path, name, step) for name, path, step in known), key=lambda one: one.step)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which ``epoch_9`` comes before ``epoch_10``."""
    parts = re.split(r"(\d+)", name.lower())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
