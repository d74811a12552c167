"""Trained weights from a file into a model, or one sentence that says what does not fit."""

import pickle
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from torch import nn

from cnnvis.observe.inputs.pickled import is_archive, is_pickle
from cnnvis.schema.errors import CheckpointError

SUFFIXES = (".pt", ".pth", ".th", ".ckpt", ".bin", ".tar", ".safetensors")
WRAPPERS = (
    "state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", "state",
    "state_dict_ema", "model_ema", "ema", "params_ema",
)  # fmt: skip
"""Keys under which training scripts keep the weights; plain weights before averaged ones."""
SHOWN = 3
"""So many keys of a kind stand in a sentence."""
PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "ema_model.", "student.")

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Fit:
    """How well some weights fit a model."""

    weights: Weights
    missing: list[str]
    unexpected: list[str]
    differing: list[str]
    ignored: list[str]

    @property
    def faults(self) -> int:
        """Number of keys that stand in the way."""
        return len(self.missing) + len(self.unexpected) + len(self.differing)


def load_checkpoint(model: nn.Module, path: Path) -> list[str]:
    """Load the weights of a checkpoint file into the model, and return what a person should know about it.

    Wrappers (`state_dict`, `model`, ...) are opened, and prefixes (`module.`, `_orig_mod.`, Lightning's `model.`)
    stripped, where that makes the keys fit. Nothing in the file is executed.

    Raises:
        CheckpointError: When the file is missing, unreadable, no checkpoint, would need to run code, or belongs to
            another network; `details` then has all keys of which the message names the first.

    """
    target = _inner(model)
    content = _read(path)
    candidates = [_fit(weights, target) for found in _weights(content) for weights in _stripped(found)]
    if not candidates:
        kind = ", ".join(map(str, list(content)[:5])) if isinstance(content, Mapping) else type(content).__name__
        message = f"The checkpoint {path.name} holds no weights (found: {kind})."
        raise CheckpointError(message, "Save it with torch.save(model.state_dict(), FILE).")
    best = min(candidates, key=lambda fit: (fit.faults, len(fit.ignored)))
    if best.faults:
        raise _mismatch(path, best)
    with torch.no_grad():
        target.load_state_dict(best.weights, strict=False)
    if not best.ignored:
        return []
    return [
        f"{path.name}: {len(best.ignored)} entries are not part of the model and were left out ({_few(best.ignored)})."
    ]


STEP_KEYS = ("global_step", "step", "iteration", "iter", "epoch")
"""Keys under which training scripts keep how far they were, the most precise first."""


def checkpoint_step(path: Path) -> int | None:
    """Return the training step that a checkpoint file holds beside its weights; None without one.

    Raises:
        CheckpointError: The file cannot be read.

    """
    content = _read(path)
    if not isinstance(content, Mapping):
        return None
    entries = cast("Mapping[object, object]", content)
    for key in STEP_KEYS:
        value = entries.get(key)
        if isinstance(value, torch.Tensor) and value.numel() == 1:
            value = value.item()
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def _inner(model: nn.Module) -> nn.Module:
    """Return the user's own module inside torch.compile and data-parallel wrappers."""
    while True:
        children = dict(model.named_children())
        parallel = isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel))
        inner = children.get("_orig_mod") or (children["module"] if parallel else None)
        if inner is None:
            return model
        model = inner


def _read(path: Path) -> object:
    if not path.is_file():
        message = f"The checkpoint {str(path)!r} is not a file in {Path.cwd()}."
        raise CheckpointError(message, "Check the path after --checkpoint.")
    if path.suffix not in SUFFIXES:
        message = f"The checkpoint {path.name!r} ends in {path.suffix!r}; known are {', '.join(SUFFIXES)}."
        raise CheckpointError(message, "Save the weights with torch.save(model.state_dict(), 'weights.pt').")
    try:
        if path.suffix == ".safetensors":
            return load_file(path, device="cpu")
        with warnings.catch_warnings():
            # PyTorch warns of pickle protocols it may not know; if one fails, the error below says more.
            warnings.simplefilter("ignore", UserWarning)
            return cast("object", torch.load(path, map_location="cpu", weights_only=True))
    except Exception as problem:  # bytes that are no checkpoint can break the readers in any way
        raise _failure(path, problem) from problem


def _failure(path: Path, problem: Exception) -> CheckpointError:
    """Return why a file could not be read: a program, no checkpoint at all, objects that need code, or damage."""
    if isinstance(problem, OSError):  # it cannot be looked into either
        return _unreadable(path, problem)
    if "TorchScript" in str(problem):
        message = f"The checkpoint {path.name} is a TorchScript program, not a file of weights."
        remedy = "Save its weights: torch.save(torch.jit.load(FILE).state_dict(), 'weights.pt')."
        return CheckpointError(message, remedy)
    if path.suffix == ".safetensors" or is_archive(path):
        needs_code = isinstance(problem, pickle.UnpicklingError) and is_pickle(path)
        return _needs_code(path) if needs_code else _unreadable(path, problem)
    if not is_pickle(path):
        message = f"The file {path.name} is no checkpoint, or damaged: it holds neither a PyTorch archive nor a pickle."
        return CheckpointError(message, "Check the path after --checkpoint, or copy or save the file again.")
    return _needs_code(path) if isinstance(problem, pickle.UnpicklingError) else _unreadable(path, problem)


def _needs_code(path: Path) -> CheckpointError:
    try:
        names = sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except (RuntimeError, ValueError, OSError, pickle.UnpicklingError):  # older file formats cannot be searched
        names = []
    of = f" ({_few(names)})" if names else ""
    message = f"The checkpoint {path.name} can only be read by running code from the file{of}, which cnnvis never does."
    remedy = (
        "Where it was made, load it and save the weights alone: "
        "torch.save(model.state_dict(), 'weights.pt') (a Lightning file: torch.save(checkpoint['state_dict'], ...))."
    )
    return CheckpointError(message, remedy)


def _unreadable(path: Path, problem: Exception) -> CheckpointError:
    # What torch says goes on for a page; its first sentence names the problem.
    reason = str(problem).strip().partition("\n")[0].partition(". ")[0].rstrip(".") or type(problem).__name__
    message = f"The checkpoint {path.name} cannot be read ({reason})."
    return CheckpointError(message, "It may be cut off or of another kind: copy or save it again.")


def _weights(content: object, depth: int = 0) -> Iterator[Weights]:
    """Yield every set of weights in the file, those under the usual keys first."""
    if not isinstance(content, Mapping) or depth > 3:
        return
    entries = cast("Mapping[object, object]", content)
    tensors = {str(key): value for key, value in entries.items() if isinstance(value, torch.Tensor)}
    if tensors:
        yield tensors
    for key in WRAPPERS:
        yield from _weights(entries.get(key), depth + 1)


def _stripped(weights: Weights) -> Iterator[Weights]:
    """Yield the weights under their own names, then without known prefixes, outermost first."""
    seen: list[frozenset[str]] = []
    queue = [weights]
    while queue:
        current = queue.pop(0)
        names = frozenset(current)
        if names in seen:
            continue
        seen.append(names)
        yield current
        for prefix in PREFIXES:
            if any(key.startswith(prefix) for key in current):
                queue.append({key.removeprefix(prefix): value for key, value in current.items()})
                # A training wrapper also keeps its loss, metrics and averages beside the model.
                inner = {key: value for key, value in current.items() if key.startswith(prefix)}
                rest = {f"(outside) {key}": value for key, value in current.items() if key not in inner}
                queue.append({key.removeprefix(prefix): value for key, value in inner.items()} | rest)
        if any("._orig_mod." in key for key in current):
            queue.append({key.replace("._orig_mod.", "."): value for key, value in current.items()})


def _fit(weights: Weights, model: nn.Module) -> Fit:
    wanted = cast("dict[str, object]", model.state_dict())
    missing = [key for key in wanted if key not in weights and not key.endswith("num_batches_tracked")]
    ignored = [key for key in weights if key.startswith("(outside) ")]
    unexpected = [key for key in weights if key not in wanted and key not in ignored]
    differing: list[str] = []
    for key, value in wanted.items():
        came = weights.get(key)
        if came is not None and isinstance(value, torch.Tensor) and came.shape != value.shape:
            differing.append(f"{key} {_by(came)} instead of {_by(value)}")
    kept = {key: value for key, value in weights.items() if key in wanted}
    return Fit(kept, missing, unexpected, differing, [key.removeprefix("(outside) ") for key in ignored])


def _mismatch(path: Path, fit: Fit) -> CheckpointError:
    kinds = {"missing": fit.missing, "unexpected": fit.unexpected, "of another shape": fit.differing}
    parts = [f"{len(keys)} {kind} ({_few(keys)})" for kind, keys in kinds.items() if keys]
    details = tuple(f"{kind}: {', '.join(keys)}" for kind, keys in kinds.items() if len(keys) > SHOWN)
    message = f"The checkpoint {path.name} belongs to another network than the model: {'; '.join(parts)}."
    if fit.differing and not fit.missing and not fit.unexpected:
        remedy = (
            "Build the model as it was trained, for example --model-arg num_classes=N for another number of classes."
        )
    else:
        remedy = "Give the model that was trained to --model, or the checkpoint that belongs to it."
    return CheckpointError(message, remedy, details=details)


def _by(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "scalar"


def _few(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
