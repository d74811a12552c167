"""Class names, labels from a file, and the map from the model's outputs to classes."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from jaxtyping import Int

from cnnvis.schema.errors import DataError

_CLASS_ID = re.compile(r"n\d{8}")
"""A WordNet id, as ImageNet's folders and files are named."""


@dataclass(frozen=True)
class ClassList:
    """The names of the classes in label order, and their short ids where files are named by these."""

    names: tuple[str, ...]
    ids: tuple[str, ...] = ()

    def index(self, text: str) -> int | None:
        """Return the class of this id or name, or None."""
        for known in (self.ids, self.names):
            if text in known:
                return known.index(text)
        return None


def read_classes(value: str) -> ClassList:
    """Read class names given as `a,b,c` or as a file: one per line (`name` or `n01440764 name`), or JSON.

    Raises:
        DataError: When the file is missing or holds no names.

    """
    path = Path(value)
    if not path.is_file():
        if "," in value and not path.suffix:
            return ClassList(tuple(name.strip() for name in value.split(",")))
        message = f"The class names {value!r} are neither a file in {Path.cwd()} nor a list like cat,dog,bird."
        raise DataError(message, "Give --class-names as one of the two.")
    rows = _json_rows(path) if path.suffix == ".json" else _text_rows(path)
    if not rows:
        message = f"The file of class names {path.name} holds no names."
        raise DataError(message, "Write one class name per line, in label order.")
    ids = tuple(row[0] for row in rows if len(row) > 1)
    return ClassList(tuple(row[-1].replace("_", " ") for row in rows), ids if len(ids) == len(rows) else ())


def read_labels(path: Path) -> dict[str, str]:
    """Read a file of `image name,label` lines (comma, semicolon or tab; a heading is allowed).

    Raises:
        DataError: When the file is missing or a line has fewer than two columns.

    """
    lines = [line for line in _lines(path, "--labels") if line]
    labels: dict[str, str] = {}
    splitter = next((mark for mark in ("\t", ";", ",") if lines and mark in lines[0]), ",")
    for number, row in enumerate(csv.reader(lines, delimiter=splitter), 1):
        if len(row) < 2:
            message = (
                f"Line {number} of {path.name} is {','.join(row)!r}; it must be an image name, a comma and a label."
            )
            raise DataError(message, "Mend the line, or leave out --labels.")
        labels[row[0].strip()] = row[1].strip()
    return labels


def read_label_column(path: Path) -> list[str]:
    """Read labels for images in a fixed order: one per line, or the last column of each line.

    Raises:
        DataError: When the file is missing.

    """
    return [re.split(r"[,;\t]", line)[-1].strip() for line in _lines(path, "--labels") if line]


def to_indices(
    labels: Sequence[str], classes: ClassList | None, *, where: str
) -> tuple[Int[np.ndarray, " images"], tuple[str, ...] | None]:
    """Turn labels (class indices, names or ids; empty: unknown) into indices, and give the class names.

    Names that no class list defines are numbered in sorted order.

    Raises:
        DataError: When a label is not one of the given classes.

    """
    known = classes
    if all(re.fullmatch(r"-?\d*", label) for label in labels):
        return np.array([int(label or -1) for label in labels], dtype=np.int64), known.names if known else None
    if known is None:
        known = ClassList(tuple(sorted({label for label in labels if label})))
    table = {name: index for names in (known.names, known.ids) for index, name in enumerate(names)}
    for label in labels:
        if label and label not in table:
            message = f"{where}: the label {label!r} is not one of the {len(known.names)} classes."
            raise DataError(message, "Add it to --class-names, or mend the label.")
    return np.array([table.get(label, -1) for label in labels], dtype=np.int64), known.names


def read_class_map(value: str, classes: int | None) -> Int[np.ndarray, " outputs"]:
    """Read which class each output of the model stands for; -1: none.

    Args:
        value: `+N`: the first N outputs stand for no class (`+1`: a background output before the classes);
            `-N`: output 0 stands for class N; or a file with `output,class` lines or one class per line.
        classes: Number of classes in the data, needed for `+N` and `-N`.

    Raises:
        DataError: When the value has another form or the number of classes is not known.

    """
    if re.fullmatch(r"[+-]\d+", value):
        shift = int(value)
        if classes is None:
            message = f"The class map {value} needs the number of classes, which the data does not tell."
            raise DataError(message, "Give --class-names too.")
        return np.arange(-shift, classes, dtype=np.int64).clip(min=-1) if shift > 0 else np.arange(-shift, classes)
    path = Path(value)
    if not path.is_file():
        message = f"The class map {value!r} is neither a shift like +1 nor a file in {Path.cwd()}."
        raise DataError(message, "Give --class-map as one of the two.")
    rows = [re.split(r"[,;\s]+", line) for line in _lines(path, "--class-map") if line]
    try:
        pairs = [(int(row[0]), int(row[1])) if len(row) > 1 else (at, int(row[0])) for at, row in enumerate(rows)]
    except ValueError as problem:
        message = f"The class map {path.name} holds something that is not a whole number ({problem})."
        raise DataError(message, "Write lines like 1,0: the output, a comma, its class.") from problem
    if not pairs or min(output for output, _ in pairs) < 0:
        message = f"The class map {path.name} has no lines, or an output below 0."
        raise DataError(message, "Write lines like 1,0: the output, a comma, its class.")
    table = np.full(max(output for output, _ in pairs) + 1, -1, dtype=np.int64)
    for output, label in pairs:
        table[output] = label
    return table


def _lines(path: Path, option: str) -> list[str]:
    if not path.is_file():
        message = f"The file {str(path)!r} of {option} is not in {Path.cwd()}."
        raise DataError(message, "Check its path.")
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except UnicodeDecodeError as problem:
        message = f"The file {path.name} of {option} is not UTF-8 text ({problem.reason})."
        raise DataError(message, "Save it as UTF-8.") from problem


def _text_rows(path: Path) -> list[tuple[str, ...]]:
    lines = [line for line in _lines(path, "--class-names") if line]
    if lines and all(_CLASS_ID.match(line) for line in lines):
        return [tuple(re.split(r"[\s,]+", line, maxsplit=1)) for line in lines]
    return [(line,) for line in lines]


def _json_rows(path: Path) -> list[tuple[str, ...]]:
    """Read `["cat", "dog"]`, `{"0": "cat"}` or `{"0": ["n01440764", "tench"]}`."""
    try:
        content = cast("object", json.loads(path.read_text(encoding="utf-8")))
        if isinstance(content, dict):
            entries = cast("dict[str, object]", content)
            content = [entries[key] for key in sorted(entries, key=int)]
    except ValueError as problem:
        message = f"The file of class names {path.name} is not JSON of names by index ({problem})."
        raise DataError(message, 'Write ["cat", "dog"] or {"0": "cat", "1": "dog"}.') from problem
    rows = cast("list[object]", content if isinstance(content, list) else [])
    return [tuple(map(str, cast("list[object]", row))) if isinstance(row, list) else (str(row),) for row in rows]
