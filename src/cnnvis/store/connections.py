"""Connections as arrays on disk: one safetensors file with a half-precision matrix per pair of units.

A matrix with few entries that are not 0, such as that of a shortcut, is stored as these entries and their places.
"""

from pathlib import Path

import msgspec
import numpy as np
from jaxtyping import Float, Float64

from cnnvis.schema.connections import ConnectionMatrix, Connections, Pair
from cnnvis.schema.errors import RunError
from cnnvis.schema.typed import decode_json
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import CONNECTIONS_FILE

_FACTS, _SCALES = "facts", "scales"
_BYTES_PER_ENTRY = 6
"""A half-precision number and its place, which has four bytes."""


def _places(index: int) -> str:
    return f"{index} places"


class _PairFacts(msgspec.Struct, frozen=True):
    source: str
    target: str
    notes: tuple[int, ...]
    shape: tuple[int, int] | None = None
    """Of a matrix that is stored by its entries; None: it is stored whole."""


class _Gap(msgspec.Struct, frozen=True):
    source: str
    target: str
    notes: tuple[str, ...]


class _Facts(msgspec.Struct, frozen=True):
    """What is not an array, as JSON inside the file; notes are stored once and named by their number."""

    pairs: tuple[_PairFacts, ...]
    sentences: tuple[str, ...]
    gaps: tuple[_Gap, ...] = ()
    columns: tuple[str, ...] = ()
    """Older runs name neither."""


def write_connections(folder: Path, connections: Connections) -> None:
    """Write the weight mode's matrices into a snapshot's folder.

    Every matrix is divided by its largest absolute value first, so that half precision neither overflows nor loses
    small networks; values are right to 0.05 % (2^-11) and to 3e-8 of the largest.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    pairs = sorted(connections.pairs)
    sentences = tuple(dict.fromkeys(note for pair in pairs for note in connections.pairs[pair].notes))
    number = {sentence: index for index, sentence in enumerate(sentences)}
    arrays: dict[str, np.ndarray] = {}
    stored: list[_PairFacts] = []
    scales = np.zeros(len(pairs), np.float64)
    for index, pair in enumerate(pairs):
        values = np.nan_to_num(connections.pairs[pair].values.astype(np.float64, copy=False))
        scales[index] = np.abs(values).max(initial=0) or 1
        scaled = (values / scales[index]).astype(np.float16)
        notes = tuple(number[note] for note in connections.pairs[pair].notes)
        places = np.flatnonzero(scaled)
        if len(places) * _BYTES_PER_ENTRY < scaled.nbytes:
            stored.append(_PairFacts(*pair, notes, scaled.shape))
            arrays[str(index)], arrays[_places(index)] = scaled.ravel()[places], places.astype(np.int32)
        else:
            stored.append(_PairFacts(*pair, notes))
            arrays[str(index)] = scaled
    facts = _Facts(
        pairs=tuple(stored),
        sentences=sentences,
        gaps=tuple(_Gap(*pair, why) for pair, why in connections.gaps.items()),
        columns=connections.columns,
    )
    text = np.frombuffer(msgspec.json.encode(facts), np.uint8)
    write_arrays(folder / CONNECTIONS_FILE, {_FACTS: text, _SCALES: scales, **arrays})


class ConnectionsReader:
    """A snapshot's connections, read when asked for.

    Args:
        folder: The snapshot's folder.

    Raises:
        RunError: The file is missing, truncated or damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._file = ArrayFile(folder / CONNECTIONS_FILE)
        text, scales = self._file.read(_FACTS, _SCALES)
        try:
            self._facts = decode_json(text.tobytes(), _Facts)
        except msgspec.MsgspecError as error:
            message = f"{folder / CONNECTIONS_FILE} is damaged ({error})."
            raise RunError(message, "Copy the run folder anew, or analyse again.") from error
        self._scales: Float64[np.ndarray, " pairs"] = scales
        self._number = {(pair.source, pair.target): index for index, pair in enumerate(self._facts.pairs)}

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Source and target of every matrix, sorted."""
        return tuple(self._number)

    @property
    def gaps(self) -> dict[Pair, tuple[str, ...]]:
        """What is not followed between columns that only such paths connect."""
        return {(gap.source, gap.target): gap.notes for gap in self._facts.gaps}

    @property
    def columns(self) -> tuple[str, ...]:
        """Units that were looked at; of older runs those that have a matrix."""
        return self._facts.columns or tuple(dict.fromkeys(column for pair in self.pairs for column in pair))

    def values(self, source: str, target: str) -> Float[np.ndarray, "sources targets"]:
        """Return the signed weight from each source neuron to each target neuron.

        Raises:
            RunError: The run has none for this pair.

        """
        index = self._number.get((source, target))
        if index is None:
            message = f"The run has no connections from {source} to {target}."
            raise RunError(message, "No path leads from one to the other, or it was not analysed: analyse again.")
        scale, shape = np.float32(self._scales[index]), self._facts.pairs[index].shape
        if shape is None:
            (stored,) = self._file.read(str(index))
            return stored.astype(np.float32) * scale
        entries, places = self._file.read(str(index), _places(index))
        values = np.zeros(shape[0] * shape[1], np.float32)
        values[places] = entries.astype(np.float32) * scale
        return values.reshape(shape)

    def pair(self, source: str, target: str) -> ConnectionMatrix:
        """Return a matrix with what is to be said of it.

        Raises:
            RunError: The run has none for this pair.

        """
        values = self.values(source, target)
        notes = tuple(self._facts.sentences[note] for note in self._facts.pairs[self._number[source, target]].notes)
        return ConnectionMatrix(source=source, target=target, values=values, notes=notes)

    def all(self) -> Connections:
        """Return everything at once."""
        return Connections(pairs={pair: self.pair(*pair) for pair in self.pairs}, gaps=self.gaps, columns=self.columns)
