"""Small results that wait on the device, so that a measured step asks the device for an answer only once."""

import numpy as np
import torch
from jaxtyping import Float, Shaped

from cnnvis.observe.record.moments import Scratch

Key = tuple[str, int]
"""Name of what was measured, and the place (unit, batch norm, parameter ...) it belongs to."""


class Gathered:
    """Collects tensors by key and hands them all over as arrays."""

    def __init__(self) -> None:
        self.scratch = Scratch()
        """Working memory of all that measure."""
        self._parts: dict[torch.device, list[tuple[Key, torch.Tensor]]] = {}

    def add(self, name: str, place: int, values: Shaped[torch.Tensor, "..."]) -> None:
        """Keep a small tensor; of the same key the first is kept."""
        flat = values.detach().reshape(-1).to(torch.float32)
        self._parts.setdefault(flat.device, []).append(((name, place), flat))

    def fetch(self) -> dict[Key, Float[np.ndarray, " values"]]:
        """Return everything as float64 arrays and forget it."""
        found: dict[Key, Float[np.ndarray, " values"]] = {}
        for parts in self._parts.values():
            values = torch.cat([flat for _, flat in parts]).cpu().numpy().astype(np.float64)
            ends = np.cumsum([flat.numel() for _, flat in parts])
            for (key, _), part in zip(parts, np.split(values, ends[:-1]), strict=True):
                found.setdefault(key, part)
        self._parts = {}
        return found
