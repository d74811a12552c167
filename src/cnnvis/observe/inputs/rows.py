"""Several inputs that lie in memory as arrays, one row per image."""

from collections.abc import Mapping, Sequence
from typing import cast, final

import numpy as np
import torch

from cnnvis.observe.inputs.arrays import to_labels

Array = np.ndarray | torch.Tensor


@final
class Rows:
    """A data set of ((image, other ...), label), or of a dict and a label, cut from arrays of equal length."""

    def __init__(self, inputs: tuple[Array, ...] | dict[str, Array], labels: object) -> None:
        """Take the arrays as they are.

        Raises:
            DataError: When there is not one label per row.

        """
        self._inputs = inputs
        self._length = len(next(iter(inputs.values() if isinstance(inputs, dict) else inputs)))
        self.targets = to_labels(labels, self._length)

    def __len__(self) -> int:
        """Count the rows."""
        return self._length

    def __getitem__(self, index: int) -> object:
        """Return one row of every array, with the label."""
        label = int(self.targets[index])
        if isinstance(self._inputs, dict):
            return {name: array[index] for name, array in self._inputs.items()}, label
        return tuple(array[index] for array in self._inputs), label


def as_rows(data: object) -> Rows | None:
    """Return (inputs, labels) with several arrays as inputs as a data set; None when the data is something else."""
    if not isinstance(data, tuple):
        return None
    parts = cast("tuple[object, ...]", data)
    if len(parts) not in (1, 2) or not isinstance(parts[0], (tuple, list, Mapping)):
        return None
    inputs = cast("Sequence[object] | Mapping[str, object]", parts[0])
    arrays = list(inputs.values()) if isinstance(inputs, Mapping) else list(inputs)
    if not arrays or not all(isinstance(array, (np.ndarray, torch.Tensor)) and array.ndim for array in arrays):
        return None
    found = cast("list[Array]", arrays)
    if len({len(array) for array in found}) > 1 or max(array.ndim for array in found) < 3:
        return None
    named = {str(name): array for name, array in zip(inputs, found, strict=True)} if isinstance(inputs, Mapping) else {}
    return Rows(named or tuple(found), parts[1] if len(parts) == 2 else None)
