"""What a model is called with for some images: the images themselves, and whatever else goes in with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast, final

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

Path = tuple[int | str, ...]


@final
@dataclass(frozen=True, eq=False)
class ModelInput:
    """The arguments of one forward pass. Every tensor in them has the images along its first axis.

    Args:
        args: Positional arguments: tensors, or tuples, lists and dicts that hold some.
        kwargs: Keyword arguments.
        path: Where the images are: place or name of the argument, then the places inside it.

    """

    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict[str, object])
    path: Path = (0,)

    @staticmethod
    def of(example: "Example") -> "ModelInput":
        """Return the arguments that an example stands for: a tensor, a tuple of positional ones, a dict of named ones.

        The image is found by shape: the largest float tensor of four axes, else of three and more, else the largest.
        """
        if isinstance(example, ModelInput):
            return example
        if isinstance(example, torch.Tensor):
            return ModelInput((example,))
        named = isinstance(example, Mapping)
        inputs = ModelInput((), dict(example)) if named else ModelInput(tuple(cast("Sequence[object]", example)))
        places = _places(example)
        return replace(inputs, path=max(places, key=lambda path: image_likeness(places[path]))) if places else inputs

    @property
    def image(self) -> torch.Tensor:
        """The images [images, channels, height, width]."""
        first, *rest = self.path
        value: Any = self.args[first] if isinstance(first, int) else self.kwargs[first]
        for place in rest:
            value = value[place]
        return value

    @property
    def alone(self) -> bool:
        """Whether the images are the only argument."""
        return len(self.path) == 1 and len(self.args) + len(self.kwargs) == 1

    def __len__(self) -> int:
        """Count the images."""
        return len(self.image)

    def call(self, model: nn.Module) -> Any:
        """Run the model."""
        return model(*self.args, **self.kwargs)

    def tensors(self) -> list[torch.Tensor]:
        """Return every tensor, in the order of the arguments."""
        return list(_places((self.args, self.kwargs)).values())

    def mapped(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "ModelInput":
        """Return the same arguments with every tensor changed."""
        return self._mapped(lambda value: change(value) if isinstance(value, torch.Tensor) else value)

    def to(self, device: torch.device | None = None, dtype: torch.dtype | None = None) -> "ModelInput":
        """Return the arguments on a device, numbers with a fraction in the given format; nothing is copied in vain."""

        def moved(tensor: torch.Tensor) -> torch.Tensor:
            wanted = dtype if tensor.is_floating_point() else None
            return tensor.to(device=device, dtype=wanted, non_blocking=True)

        return self.mapped(moved)

    def cloned(self) -> "ModelInput":
        """Return the arguments with tensors of their own, for a model that may work in place; gradients pass."""
        return self.mapped(torch.clone)

    def leaves(self) -> "ModelInput":
        """Return copies at which gradients can arrive. Call the model with their clones: leaves must not be changed."""

        def leaf(tensor: torch.Tensor) -> torch.Tensor:
            return tensor.detach().clone().requires_grad_(tensor.is_floating_point())

        return self.mapped(leaf)

    def take(self, rows: Int[np.ndarray, " rows"] | slice) -> "ModelInput":
        """Return the arguments for some of the images."""
        images = len(self)
        places = rows if isinstance(rows, slice) else torch.from_numpy(rows)

        def taken(value: object) -> object:
            if isinstance(value, torch.Tensor):
                here = value.ndim and len(value) == images
                return value[places if isinstance(places, slice) else places.to(value.device)] if here else value
            items = cast("list[object]", value)
            if len(items) != images:
                return items
            return items[rows] if isinstance(rows, slice) else [items[row] for row in rows.tolist()]

        return self._mapped(taken)

    def followed_by(self, other: "ModelInput") -> "ModelInput":
        """Return the arguments for these images and others that come with the same kind of arguments."""
        return replace(
            self,
            args=tuple(_joined(first, second) for first, second in zip(self.args, other.args, strict=True)),
            kwargs={name: _joined(value, other.kwargs[name]) for name, value in self.kwargs.items()},
        )

    def fits(self, other: "ModelInput") -> bool:
        """Whether the images of both could stand in one batch: all tensors but for the first axis have one shape."""
        first, second = _places((self.args, self.kwargs)), _places((other.args, other.kwargs))
        return first.keys() == second.keys() and all(
            tensor.shape[1:] == second[path].shape[1:] for path, tensor in first.items()
        )

    def __str__(self) -> str:
        """Return the shapes of all tensors, for messages."""
        return " and ".join(str(list(tensor.shape)) for tensor in self.tensors()) or "no tensor"

    def _mapped(self, change: Callable[[object], object]) -> "ModelInput":
        return replace(
            self,
            args=tuple(_changed(value, change) for value in self.args),
            kwargs={name: _changed(value, change) for name, value in self.kwargs.items()},
        )


Example = torch.Tensor | tuple[Any, ...] | list[Any] | Mapping[str, Any] | ModelInput
"""What a model can be tried on: one tensor, positional arguments, keyword arguments, or all of that said precisely."""


def input_dtype(model: nn.Module) -> torch.dtype:
    """Return the floating-point format that the model computes in."""
    for parameter in model.parameters():
        if parameter.is_floating_point():
            return parameter.dtype
    return torch.float32


def image_likeness(tensor: torch.Tensor) -> tuple[bool, bool, int]:
    """Return how much a tensor looks like a batch of images, to be compared with that of others."""
    return tensor.is_floating_point() and tensor.dim() == 4, tensor.dim() >= 3, tensor.numel()


def _places(value: object, path: Path = ()) -> dict[Path, torch.Tensor]:
    """Return every tensor inside nested tuples, lists and dicts by its place, in order."""
    if isinstance(value, torch.Tensor):
        return {path: value}
    if isinstance(value, Mapping):
        items = list(cast("Mapping[str, object]", value).items())
    elif isinstance(value, tuple | list):
        items = list(enumerate(cast("Sequence[object]", value)))
    else:
        return {}
    return {place: tensor for key, item in items for place, tensor in _places(item, (*path, key)).items()}


def _is_listed(value: object) -> bool:
    """Whether a value is a list of things other than tensors, one per image."""
    return isinstance(value, list) and not _places(cast("object", value))


def _changed(value: object, change: Callable[[object], object]) -> object:
    if isinstance(value, torch.Tensor) or _is_listed(value):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(item, change) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, tuple | list):
        changed = [_changed(item, change) for item in cast("Sequence[object]", value)]
        return changed if isinstance(value, list) else tuple(changed)
    return value


def _joined(first: object, second: object) -> object:
    if isinstance(first, torch.Tensor) and isinstance(second, torch.Tensor):
        return torch.cat([first, second])
    if _is_listed(first):
        return [*cast("list[object]", first), *cast("list[object]", second)]
    if isinstance(first, Mapping):
        others = cast("Mapping[str, object]", second)
        return {key: _joined(item, others[key]) for key, item in cast("Mapping[str, object]", first).items()}
    if isinstance(first, tuple | list):
        pairs = zip(cast("Sequence[object]", first), cast("Sequence[object]", second), strict=True)
        joined = [_joined(*pair) for pair in pairs]
        return joined if isinstance(first, list) else tuple(joined)
    return first
