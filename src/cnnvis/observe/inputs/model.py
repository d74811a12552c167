"""The user's model: found by name, built, filled with its weights."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import cast

import torch
from torch import nn

from cnnvis.observe.inputs.checkpoint import load_checkpoint
from cnnvis.observe.inputs.install import install_line
from cnnvis.observe.inputs.mismatch import torchvision_mismatch
from cnnvis.observe.inputs.reference import call, resolve
from cnnvis.schema.errors import MissingPackageError, ModelError
from cnnvis.schema.run import ModelFacts


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in evaluation mode and what is known of it."""

    model: nn.Module
    facts: ModelFacts
    notes: tuple[str, ...] = ()
    """What a person should know, in sentences: random weights, entries of the checkpoint left out."""


def load_model(
    reference: str,
    *,
    checkpoint: Path | None = None,
    device: str | torch.device | None = None,
    args: Mapping[str, object] | None = None,
) -> LoadedModel:
    """Build the model that a reference names, load its weights, and put it in evaluation mode.

    Args:
        reference: `module:name` or `path/to/file.py:name` of a function, an `nn.Module` class or an instance;
            `torchvision:NAME`; `timm:NAME`.
        checkpoint: File of weights: .pt, .pth, .th, .ckpt or .safetensors.
        device: Where the model goes; None leaves it where it was built.
        args: Keyword arguments for the function or class.

    Raises:
        ModelError: When there is no such model or building it fails.
        CheckpointError: When the weights cannot be read or belong to another network.
        MissingPackageError: When torchvision or timm is asked for and not installed.

    """
    given = dict(args or {})
    kind, _, name = reference.partition(":")
    notes: list[str] = []
    if kind in ("torchvision", "timm") and name:
        model = _from_zoo(kind, name, given)
        if checkpoint is None and not given.get("weights") and not given.get("pretrained"):
            option = "weights=DEFAULT" if kind == "torchvision" else "pretrained=True"
            notes.append(f"{reference} has random weights: give --checkpoint FILE or --model-arg {option}.")
    else:
        model, name = _from_code(reference, given)
    if checkpoint is not None:
        notes.extend(load_checkpoint(model, checkpoint))
    facts = ModelFacts(
        name=name,
        source=reference,
        checkpoint=checkpoint.name if checkpoint else "",
        parameters=count_parameters(model),
    )
    return LoadedModel(_on_device(model, device).eval(), facts, tuple(notes))


def default_device() -> str:
    """Return `cuda` where PyTorch finds an NVIDIA GPU, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def count_parameters(model: nn.Module) -> int:
    """Return the number of weights, leaving out lazy ones that have no shape yet."""
    lazy = nn.parameter.UninitializedParameter
    return sum(weight.numel() for weight in model.parameters() if not isinstance(weight, lazy))


def _on_device(model: nn.Module, device: str | torch.device | None) -> nn.Module:
    if device is None:
        return model
    try:
        return model.to(device)
    except (RuntimeError, AssertionError) as problem:  # PyTorch without CUDA raises AssertionError
        reason = str(problem).partition("\n")[0]
        message = f"The model cannot be put on the device {str(device)!r}: {reason}"
        raise ModelError(message, "Give --device cpu, or cuda on a machine with a GPU.") from problem


def _from_code(reference: str, arguments: Mapping[str, object]) -> tuple[nn.Module, str]:
    found = resolve(reference, error=ModelError, what="--model")
    name = reference.rpartition(":")[2].rpartition(".")[2]
    if isinstance(found, nn.Module):
        if arguments:
            message = f"--model {reference} is a finished model and takes no arguments, but {len(arguments)} came."
            raise ModelError(message, "Leave out --model-arg, or name the class or function that builds it.")
        return found, name
    if not callable(found):
        message = f"--model {reference} is a {type(found).__name__}; it must be a model or a function that returns one."
        raise ModelError(message, "Name a function, an nn.Module class or an nn.Module object.")
    model = call(found, arguments, error=ModelError, what="--model")
    if not isinstance(model, nn.Module):
        message = f"--model {reference} returned a {type(model).__name__}; it must return a torch.nn.Module."
        raise ModelError(message, "Let the function return the model itself, not its weights or a tuple.")
    return model, name


def _from_zoo(package: str, name: str, arguments: Mapping[str, object]) -> nn.Module:
    zoo = _zoo(package)
    known = cast("list[str]", zoo.list_models())
    if name not in known:
        near = get_close_matches(name, known, n=3)
        message = f"{package} has no model {name!r}" + (f"; near it: {', '.join(near)}." if near else ".")
        raise ModelError(message, f"{package}'s documentation lists its {len(known)} models.")
    build = cast("Callable[..., object]", zoo.get_model if package == "torchvision" else zoo.create_model)
    model = call(
        build,
        {("name" if package == "torchvision" else "model_name"): name, **arguments},
        error=ModelError,
        what="--model",
    )
    if not isinstance(model, nn.Module):
        message = f"--model {package}:{name} gave a {type(model).__name__}, not a torch.nn.Module."
        raise ModelError(message, "Name another model.")
    return model


def _zoo(package: str) -> ModuleType:
    try:
        return importlib.import_module("torchvision.models" if package == "torchvision" else package)
    except ModuleNotFoundError as problem:
        message = f"--model {package}:... needs the package {package}, which is not installed."
        raise MissingPackageError(message, f"Run: {install_line(package)}") from problem
    except (ImportError, RuntimeError, AttributeError) as problem:
        mismatch = torchvision_mismatch(problem)  # timm imports it too
        if mismatch is not None:
            raise mismatch from problem
        message = f"The package {package} is installed but does not work with PyTorch {torch.__version__}: {problem}"
        raise MissingPackageError(message, f"Run: pip install --force-reinstall --no-deps {package}") from problem
