"""Read the nodes and the weights of an ONNX file, without any package for it: the few fields that networks here use.

PyTorch writes ONNX files and does not read them. For more than small networks take the package onnx2torch.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_KINDS = {1: np.dtype("<f4"), 6: np.dtype("<i4"), 7: np.dtype("<i8")}
"""ONNX's number of a number format to NumPy's."""


@dataclass(frozen=True)
class Node:
    """One operation."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    numbers: dict[str, list[int]]
    """Its attributes that are whole numbers, such as strides and pads."""


def read_onnx(path: Path) -> tuple[list[Node], dict[str, np.ndarray]]:
    """Return the operations in order and the weights by name."""
    graph = next(value for field, value in _fields(path.read_bytes()) if field == 7)
    parts = list(_fields(graph))
    nodes = [_node(value) for field, value in parts if field == 1]
    return nodes, dict(_tensor(value) for field, value in parts if field == 5)


def _node(content: bytes) -> Node:
    parts = list(_fields(content))
    names = {field: tuple(value.decode() for kind, value in parts if kind == field) for field in (1, 2, 4)}
    numbers = dict(_attribute(value) for field, value in parts if field == 5)
    return Node(names[4][0], names[1], names[2], numbers)


def _attribute(content: bytes) -> tuple[str, list[int]]:
    parts = list(_fields(content))
    name = next(value.decode() for field, value in parts if field == 1)
    return name, [number for field, value in parts if field in (3, 8) for number in _integers(value)]


def _tensor(content: bytes) -> tuple[str, np.ndarray]:
    parts = list(_fields(content))
    shape = [number for field, value in parts if field == 1 for number in _integers(value)]
    kind = _KINDS[next(value for field, value in parts if field == 2)]
    data = b"".join(value if isinstance(value, bytes) else struct.pack("<q", value)
                    for field, value in parts if field in (4, 7, 9))  # fmt: skip
    return next(value.decode() for field, value in parts if field == 8), np.frombuffer(data, kind).reshape(shape)


def _integers(value: int | bytes) -> list[int]:
    """Return one number, or those packed into bytes."""
    if isinstance(value, int):
        return [value]
    numbers, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        numbers.append(number)
    return numbers


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(content, at)
        else:
            length = {_FIXED64: 8, _FIXED32: 4}.get(kind)
            if length is None:
                length, at = _varint(content, at)
            value, at = content[at : at + length], at + length
        yield field, value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def weights_in_order(path: Path) -> list[np.ndarray]:
    """Return the weights of a plain chain of layers, as PyTorch lays them out, in the order in which they are used."""
    nodes, weights = read_onnx(path)
    used = [
        (node, weights[name]) for node in nodes if node.kind != "Reshape" for name in node.inputs if name in weights
    ]
    return [array.T if node.kind == "MatMul" else array for node, array in used]
