"""Several processes that train one network: the first writes, the others tell it what they saw.

No collective operation is used: those would wait for ever where a program records in one process only. The others
leave their numbers in the store that the processes share anyway, and the first takes what is there. Which step is
measured is the first's choice alone: it says so before the measured step in front of it runs, and no process can have
done that step before, since the backward pass waits for all.
"""

from typing import Any

import msgspec
import numpy as np
import torch.distributed as dist

from cnnvis.observe.record.activations import UnitSums
from cnnvis.schema.typed import decode_msgpack

_CLOSED = "closed"
_MISSED = 8
"""Measured steps that a process may be late: what it tells after that stays where it is. (One that does not record
tells nothing, and must not be asked about ever more steps.)"""


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
    """The processes of a training; a training in one process is one that is alone.

    Steps are counted from the start of this training, which is the same in all processes.
    """

    def __init__(self, name: str) -> None:
        self.rank, self.count = 0, 1
        self._store: Any = None
        self._left: list[str] = []
        """Keys that somebody set and that are still to be deleted, by the first, or when it has closed."""
        if dist.is_available() and dist.is_initialized():
            self.rank, self.count = dist.get_rank(), dist.get_world_size()
            # There is no public way to the store that the processes share already.
            store = dist.distributed_c10d._get_default_store()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            self._store = dist.distributed_c10d.PrefixStore(f"cnnvis/{name}", store)

    @property
    def first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        """Whether there is no other process."""
        return self.count == 1

    def open(self) -> None:
        """Begin: what an earlier recording of this name left is removed."""
        if self.first and not self.alone:
            self._store.delete_key(_CLOSED)

    def announce(self, step: int, following: int) -> None:
        """Tell the others, as the first and before the measured step runs, which one is measured after it."""
        if self.alone:
            return
        self._store.set(f"next/{step}", str(following))
        announced = [key for key in self._left if key.startswith("next/")]
        for key in announced[:-1]:  # all have read it: they have done the step after it
            self._drop(key)
        self._left.append(f"next/{step}")

    def following(self, step: int) -> int | None:
        """Return what the first has announced; None when it has not, because it does not record, for example."""
        key = f"next/{step}"
        return int(self._store.get(key)) if self._store.check([key]) else None

    def tell(self, step: int, what: Told) -> None:
        """Leave what this process saw where the first finds it."""
        key = f"{step}/{self.rank}"
        self._store.set(key, msgspec.msgpack.encode(what))
        self._left.append(key)
        self._tidy()

    def heard(self, step: int) -> list[Told] | None:
        """Return what all other processes saw in a step, without waiting; None when one has not told yet."""
        keys = [f"{step}/{rank}" for rank in range(1, self.count)]
        if keys and not self._store.check(keys):
            return None
        found = [decode_msgpack(self._store.get(key), Told) for key in keys]
        for key in keys:
            self._store.delete_key(key)
        return found

    def give_up(self, step: int) -> None:
        """Wait no longer for what the others saw in a step; when they tell it after all, it is removed."""
        missed = [key for key in self._left if not key.startswith("next/")][-_MISSED * self.count :]
        announced = [key for key in self._left if key.startswith("next/")]
        self._left = [*announced, *missed, *(f"{step}/{rank}" for rank in range(1, self.count))]
        for key in missed:
            self._drop(key)

    def close(self) -> None:
        """End: nothing is left in the store but the word that the first has ended."""
        if self.alone:
            return
        if self.first:
            self._store.set(_CLOSED, "1")
            for key in list(self._left):
                self._drop(key)
        else:
            self._tidy()

    def _tidy(self) -> None:
        """Once the first has ended, nobody takes what the others tell."""
        if self._store.check([_CLOSED]):
            for key in list(self._left):
                self._drop(key)

    def _drop(self, key: str) -> None:
        if self._store.check([key]):
            self._store.delete_key(key)
            self._left.remove(key)
