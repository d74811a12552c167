"""Connections by contribution on disk: one safetensors file, a matrix of source neurons by target clusters per pair."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from jaxtyping import UInt8
from safetensors import SafetensorError
from safetensors.numpy import load, save

from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.errors import RunError
from cnnvis.schema.typed import decode_json
from cnnvis.store.files import ArrayFile, write_arrays
from cnnvis.store.layout import CONTRIBUTION_CONNECTIONS_FILE

_FACTS = "facts"


class _PairFacts(msgspec.Struct, frozen=True):
    source: str
    target: str
    clusters: tuple[tuple[int, ...], ...]


class _Facts(msgspec.Struct, frozen=True):
    """What is not an array, as JSON inside the file."""

    pairs: tuple[_PairFacts, ...]
    images: int
    notes: tuple[str, ...]


def write_contribution_connections(folder: Path, connections: ContributionConnections) -> None:
    """Write the contribution mode's matrices into a snapshot's folder, in single precision.

    They hold for the clusters that they were computed with: merging target clusters is their mean, weighted by
    neurons; any other edit asks for a new pass.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    write_arrays(folder / CONTRIBUTION_CONNECTIONS_FILE, _arrays(connections))


def contribution_bytes(connections: ContributionConnections) -> bytes:
    """Return the same as bytes: to be sent, or kept elsewhere."""
    return save({name: np.ascontiguousarray(array) for name, array in _arrays(connections).items()})


def contribution_of_bytes(data: bytes) -> ContributionConnections:
    """Return what `contribution_bytes` was given.

    Raises:
        RunError: These are no such bytes.

    """
    try:
        arrays = load(data)
        return _connections(arrays.pop(_FACTS), [arrays[str(place)] for place in range(len(arrays))])
    except (SafetensorError, KeyError, msgspec.MsgspecError) as error:
        message = f"Kept connections by contribution are damaged ({error})."
        raise RunError(message, "Let them be found out again.") from error


def _arrays(connections: ContributionConnections) -> dict[str, np.ndarray]:
    pairs = sorted(connections.pairs)
    facts = _Facts(
        pairs=tuple(_PairFacts(*pair, clusters=connections.pairs[pair].clusters) for pair in pairs),
        images=connections.images,
        notes=connections.notes,
    )
    arrays = {str(place): connections.pairs[pair].values.astype(np.float32) for place, pair in enumerate(pairs)}
    text = np.frombuffer(msgspec.json.encode(facts), np.uint8)
    return {_FACTS: text, **arrays}


def read_contribution_connections(folder: Path) -> ContributionConnections:
    """Return the contribution mode's matrices of a snapshot.

    Raises:
        RunError: The file is missing, truncated or damaged.

    """
    file = ArrayFile(folder / CONTRIBUTION_CONNECTIONS_FILE)
    (text,) = file.read(_FACTS)
    try:
        return _connections(text, file.read(*(str(place) for place in range(len(file.names) - 1))))
    except msgspec.MsgspecError as error:
        message = f"{folder / CONTRIBUTION_CONNECTIONS_FILE} is damaged ({error})."
        raise RunError(message, "Copy the run folder anew, or analyse again.") from error


def _connections(text: UInt8[np.ndarray, " bytes"], values: Sequence[np.ndarray]) -> ContributionConnections:
    facts = decode_json(text.tobytes(), _Facts)
    return ContributionConnections(
        pairs={
            (pair.source, pair.target): ContributionMatrix(
                source=pair.source, target=pair.target, clusters=pair.clusters, values=stored
            )
            for pair, stored in zip(facts.pairs, values, strict=True)
        },
        images=facts.images,
        notes=facts.notes,
    )
