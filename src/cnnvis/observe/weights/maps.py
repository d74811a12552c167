"""Channel maps in the making: each gets a range of labels for its channels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int

from cnnvis.observe.weights.signal import NOTHING, Shape, Signal
from cnnvis.schema.connections import Blocks, ChannelMap, Links, MapStatus


@dataclass(frozen=True, kw_only=True, eq=False)
class Relation:
    """Channels and the labels that come into them, each with a weight."""

    rows: Int[np.ndarray, " links"]
    labels: Int[np.ndarray, " links"]
    weights: Float[np.ndarray, " links"]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How far a map is to be trusted."""

    status: MapStatus = "exact"
    why: str = ""


EXACT = Judgement()


class Maps:
    """The channel maps so far, in running order."""

    def __init__(self) -> None:
        self.maps: list[ChannelMap] = []
        self._starts: list[int] = []
        self._next = 1
        self._layer = ""

    def begin(self, layer: str) -> None:
        """Say to which layer the maps that follow belong."""
        self._layer = layer

    def add(
        self,
        channels: int,
        inputs: Sequence[tuple[str, Links | Blocks]] = (),
        *,
        judgement: Judgement = EXACT,
        final: bool = False,
    ) -> int:
        """Add a map and return the label of its first channel; what is ``final`` gets its layer's own id."""
        self._starts.append(self._next)
        self._next += channels
        self.maps.append(
            ChannelMap(
                id=self._layer if final else f"{self._layer}|{len(self.maps)}",
                layer=self._layer,
                channels=channels,
                inputs=tuple(inputs),
                status=judgement.status,
                why=judgement.why,
            )
        )
        return self._starts[-1]

    def finish(self, identity: str) -> str:
        """Give a map that nothing reads yet its layer's own id, if it is the newest; return the id it has then."""
        last = self.maps[-1]
        if last.id != identity or last.layer != self._layer:
            return identity
        self.maps[-1] = replace(last, id=self._layer)
        return self._layer

    def add_links(self, channels: int, relation: Relation, *, judgement: Judgement = EXACT, final: bool = False) -> int:
        """Add a map of single links and return the label of its first channel."""
        return self.add(channels, self.links(relation), judgement=judgement, final=final)

    def add_gap(self, signals: Sequence[Signal], shape: Shape, why: str) -> Signal:
        """Add a map that nothing comes through, and return its one channel."""
        labels = np.unique(np.concatenate([np.zeros(0), *(signal.labels.numpy().ravel() for signal in signals)]))
        found = sorted(set(self._owners(labels[labels != NOTHING].astype(np.int64)).tolist()))
        empty = Links(rows=np.zeros(0, np.int64), columns=np.zeros(0, np.int64), weights=np.zeros(0, np.float32))
        inputs = [(self.maps[owner].id, empty) for owner in found]
        start = self.add(1, inputs, judgement=Judgement(status="not followed", why=why))
        return Signal(torch.full((1,) * len(shape), float(start), dtype=torch.float64), shape)

    def links(self, relation: Relation) -> list[tuple[str, Links]]:
        """Return a relation as one sparse map per map that it reads."""
        there = relation.labels != NOTHING
        rows, labels, weights = relation.rows[there], relation.labels[there], relation.weights[there]
        owners = self._owners(labels)
        found: list[tuple[str, Links]] = []
        for owner in np.unique(owners).tolist():
            own = owners == owner
            columns = labels[own] - self._starts[owner]
            found.append((self.maps[owner].id, Links(rows=rows[own], columns=columns, weights=weights[own])))
        return found

    def whole(self, relation: Relation) -> str | None:
        """Return the map whose channels a relation reads one by one and in order, if it does nothing else."""
        if not len(relation.labels) or (relation.labels == NOTHING).any() or (relation.weights != 1).any():
            return None
        first = int(relation.labels[0])
        owner = int(self._owners(relation.labels[:1])[0])
        size = self.maps[owner].channels
        same = first == self._starts[owner] and len(relation.labels) == size
        ordered = np.arange(size)
        if not same or (relation.rows != ordered).any() or (relation.labels != first + ordered).any():
            return None
        return self.maps[owner].id

    def origins(self, labels: Int[np.ndarray, " labels"]) -> list[tuple[str, int]]:
        """Return map and channel of each label; NOTHING is not allowed."""
        owners = self._owners(labels)
        return [
            (self.maps[owner].id, int(label) - self._starts[owner])
            for owner, label in zip(owners.tolist(), labels.tolist(), strict=True)
        ]

    def start_of(self, identity: str) -> int:
        """Return the label of a map's first channel."""
        return next(start for start, known in zip(self._starts, self.maps, strict=True) if known.id == identity)

    def _owners(self, labels: Int[np.ndarray, " labels"]) -> Int[np.ndarray, " labels"]:
        return np.searchsorted(np.asarray(self._starts, np.int64), labels, side="right") - 1


def read_channels(signal: Signal, axis: int) -> Relation:
    """Return what the channels along one axis are made of: what lies at its positions is averaged, padding left out."""
    size = signal.shape[axis]
    labels = signal.labels.movedim(axis, 0).reshape(signal.labels.shape[axis], -1).expand(size, -1).numpy()
    if labels.shape[1] == 1:
        return Relation(rows=np.arange(size), labels=labels[:, 0].astype(np.int64), weights=np.ones(size))
    rows = np.repeat(np.arange(size), labels.shape[1])
    pairs, counts = np.unique(np.stack([rows, labels.ravel().astype(np.int64)], 1), axis=0, return_counts=True)
    there = pairs[:, 1] != NOTHING
    found, labels_found, counts = pairs[there, 0], pairs[there, 1], counts[there].astype(np.float64)
    totals = np.bincount(found, counts, size)
    return Relation(rows=found, labels=labels_found, weights=counts / totals[found])


def averages(signal: Signal, axis: int) -> bool:
    """Whether reading the channels along one axis averages over something."""
    return signal.labels.numel() != signal.labels.shape[axis]
