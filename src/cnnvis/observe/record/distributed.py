"""Several processes that train one network: the first writes, the others tell it what they saw.

No collective operation is used: those would wait for ever where a program records in one process only. The others
leave their numbers in the store that the processes share anyway, and the first takes what is there.
"""

from typing import Any

import msgspec
import numpy as np
import torch.distributed as dist

from cnnvis.observe.record.activations import UnitSums

_STRIDE = "cnnvis/stride"


class Told(msgspec.Struct, frozen=True):
    """What one process saw in a measured step."""

    sides: tuple[dict[str, bytes], dict[str, bytes]]
    """Sums of all units before and after, as bytes of float64."""
    fired: dict[int, bytes]
    labels: bytes

    def sums(self, side: int) -> UnitSums:
        """Return one side's sums."""
        return UnitSums(**{name: np.frombuffer(data, np.float64) for name, data in self.sides[side].items()})


def told(before: UnitSums, after: UnitSums, fired: dict[int, np.ndarray], labels: np.ndarray) -> Told:
    """Pack what this process saw."""
    return Told(
        sides=(_bytes(before), _bytes(after)),
        fired={place: values.astype(np.uint8).tobytes() for place, values in fired.items()},
        labels=labels.astype(np.float64).tobytes(),
    )


def _bytes(sums: UnitSums) -> dict[str, bytes]:
    return {name: np.asarray(values, np.float64).tobytes() for name, values in vars(sums).items()}


class Processes:
    """The processes of a training; a training in one process is one that is alone."""

    def __init__(self, name: str) -> None:
        self.rank, self.count = 0, 1
        self._store: Any = None
        if dist.is_available() and dist.is_initialized():
            self.rank, self.count = dist.get_rank(), dist.get_world_size()
            # There is no public way to the store that the processes share already.
            store = dist.distributed_c10d._get_default_store()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            self._store = dist.distributed_c10d.PrefixStore(f"cnnvis/{name}", store)

    @property
    def first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    def tell(self, step: int, what: Told) -> None:
        """Leave what this process saw where the first finds it."""
        self._store.set(f"{step}/{self.rank}", msgspec.msgpack.encode(what))

    def heard(self, step: int) -> list[Told] | None:
        """Return what all other processes saw in a step, without waiting; None when one has not told yet."""
        keys = [f"{step}/{rank}" for rank in range(1, self.count)]
        if keys and not self._store.check(keys):
            return None
        found = [msgspec.msgpack.decode(self._store.get(key), type=Told) for key in keys]
        for key in keys:
            self._store.delete_key(key)
        return found

    def agree(self, stride: int) -> int:
        """Return the stride that the first process has chosen; the first tells it by calling this."""
        if self.count == 1:
            return stride
        if self.first:
            self._store.set(_STRIDE, str(stride))
            return stride
        return int(self._store.get(_STRIDE)) if self._store.check([_STRIDE]) else stride
