"""Find the logits in whatever a model returns."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import torch

from cnnvis.schema.errors import ModelError

_NAME = "logits"
"""What class scores are called where outputs have names."""
_DEEPEST = 5
"""Results inside results that are looked into: an object may refer to itself."""


def named_outputs(result: Any) -> dict[str, torch.Tensor]:
    """Return all tensors in a result by name: dict keys, field names and indices, joined by dots."""
    return dict(_named_tensors(result, ()))


def choose_output(result: Any, wanted: str | int | None) -> tuple[torch.Tensor | None, list[str]]:
    """Return the output that holds the logits, and a note on what was chosen.

    Without a name: the rows of class scores, where there are several those that are called logits; else the first
    tensor of numbers, which is then no classification.

    Raises:
        ModelError: When ``wanted`` names no output, or nothing tells which of several rows of scores is meant.

    """
    outputs = named_outputs(result)
    if wanted is not None:
        return _named(outputs, str(wanted)), []
    floats = {name: tensor for name, tensor in outputs.items() if tensor.is_floating_point()}
    rows = [name for name, tensor in floats.items() if _as_rows(tensor) is not None]
    called = [name for name in rows if name.rpartition(".")[2] == _NAME]
    if not called and len({floats[name].shape for name in rows}) > 1:
        raise ModelError(
            f"The model gives several outputs that may be class scores: {_listed({n: floats[n] for n in rows})}.",
            "Choose the logits with --output (output= in Python).",
        )
    chosen = next(iter([*called, *rows, *floats]), None)
    if chosen is None:
        return None, [f"The model returns no tensor of numbers (a {type(result).__name__}), so there are no logits."]
    if len(outputs) == 1 and rows:
        return outputs[chosen], []
    name = chosen or "the only one"
    return outputs[chosen], [f"Of the outputs {_listed(outputs)} the logits are taken to be {name}."]


def logits_of(result: Any, wanted: str | int | None) -> torch.Tensor | None:
    """Return one row of class scores per image [images, outputs]; None when the model gives none.

    Raises:
        ModelError: As for `choose_output`.

    """
    chosen, _ = choose_output(result, wanted)
    return None if chosen is None else _as_rows(chosen)


def _as_rows(tensor: torch.Tensor) -> torch.Tensor | None:
    """Return scores as rows, also where a convolution left axes of length 1 behind; None for maps and single values."""
    if tensor.dim() > 2 and tensor.shape[2:].numel() == 1:
        return tensor.flatten(1)
    return tensor if tensor.dim() == 2 else None


def _named_tensors(result: Any, path: tuple[str, ...]) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(result, torch.Tensor):
        yield ".".join(path), result
    elif len(path) < _DEEPEST:
        for key, value in _items(result):
            yield from _named_tensors(value, (*path, key))


def _items(result: Any) -> list[tuple[str, Any]]:
    if isinstance(result, Mapping):
        return [(str(key), value) for key, value in cast("Mapping[object, object]", result).items()]
    if isinstance(result, tuple | list):
        values = cast("tuple[object, ...] | list[object]", result)
        names = getattr(result, "_fields", range(len(values)))
        return [(str(name), value) for name, value in zip(names, values, strict=True)]
    # A plain object with fields, such as a dataclass; numbers, strings and None have none.
    fields = cast("dict[str, object]", getattr(result, "__dict__", {}))
    return [] if isinstance(result, type | torch.nn.Module) else list(fields.items())


def _named(outputs: Mapping[str, torch.Tensor], wanted: str) -> torch.Tensor:
    by_index = dict(enumerate(outputs))
    name = by_index.get(int(wanted), wanted) if wanted.lstrip("-").isdigit() and wanted not in outputs else wanted
    if name not in outputs:
        raise ModelError(
            f"The model has no output {wanted!r}; it returns {_listed(outputs)}.",
            "Name one of these with --output (output= in Python).",
        )
    return outputs[name]


def _listed(outputs: Mapping[str, torch.Tensor]) -> str:
    return ", ".join(f"{name or 'output'} {tuple(tensor.shape)}" for name, tensor in outputs.items()) or "no tensor"
