"""Class names, labels and class maps from text."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.observe.inputs.classes import (
    ClassList,
    read_class_map,
    read_classes,
    read_label_column,
    read_labels,
    to_indices,
)
from cnnvis.schema.errors import DataError


@pytest.mark.parametrize(
    ("name", "text", "names", "ids"),
    [
        ("a.txt", "cat\n\ndog, small\n", ("cat", "dog, small"), ()),
        (
            "b.txt",
            "n00000001 great_white_shark\nn00000002 tench",
            ("great white shark", "tench"),
            ("n00000001", "n00000002"),
        ),
        ("c.txt", "n00000001\nn00000002\n", ("n00000001", "n00000002"), ()),
        ("d.json", '["cat", "dog"]', ("cat", "dog"), ()),
        ("e.json", '{"1": "dog", "0": "cat"}', ("cat", "dog"), ()),
        (
            "f.json",
            '{"0": ["n00000001", "tench"], "1": ["n00000002", "cock"]}',
            ("tench", "cock"),
            ("n00000001", "n00000002"),
        ),
    ],
)
def test_class_names_from_files(
    tmp_path: Path, name: str, text: str, names: tuple[str, ...], ids: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text)
    assert read_classes(str(tmp_path / name)) == ClassList(names, ids)


def test_class_names_from_a_list() -> None:
    classes = read_classes("cat, dog,bird")
    assert classes.names == ("cat", "dog", "bird")
    assert classes.index("dog") == 1
    assert classes.index("cow") is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("gone.txt", None, "neither a file"),
        ("empty.txt", "\n", "holds no names"),
        ("bad.json", "{", "is not JSON"),
        ("x.txt", "\xff", "not UTF-8"),
    ],
)
def test_class_names_that_cannot_be_read(tmp_path: Path, name: str, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=words) as caught:
        read_classes(str(tmp_path / name))
    assert caught.value.remedy


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_labels_by_image_name(tmp_path: Path, mark: str) -> None:
    (tmp_path / "labels.csv").write_text(f"name{mark}label\na.png{mark}cat\nb.png{mark}dog\n")
    assert read_labels(tmp_path / "labels.csv") == {"name": "label", "a.png": "cat", "b.png": "dog"}


def test_a_line_without_a_label_is_named(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("a.png,cat\nb.png\n")
    with pytest.raises(DataError, match=r"Line 2 of labels.csv is 'b.png'"):
        read_labels(tmp_path / "labels.csv")
    with pytest.raises(DataError, match=r"gone.csv' of --labels is not in"):
        read_label_column(tmp_path / "gone.csv")


def test_labels_in_order(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("3\n0;1\nx\t2\n")
    assert read_label_column(tmp_path / "labels.txt") == ["3", "1", "2"]


def test_labels_become_indices() -> None:
    numbers, names = to_indices(["2", "", "0"], None, where="f")
    assert (numbers.tolist(), names) == ([2, -1, 0], None)
    numbers, names = to_indices(["dog", "cat", ""], None, where="f")
    assert (numbers.tolist(), names) == ([1, 0, -1], ("cat", "dog"))
    known = ClassList(("x", "dog", "cat"), ("i0", "i1", "i2"))
    assert to_indices(["cat", "i1"], known, where="f")[0].tolist() == [2, 1]
    with pytest.raises(DataError, match=r"f: the label 'cow' is not one of the 3 classes"):
        to_indices(["cow"], known, where="f")


def test_class_maps(tmp_path: Path) -> None:
    assert read_class_map("+1", 3).tolist() == [-1, 0, 1, 2]
    assert read_class_map("-1", 3).tolist() == [1, 2]
    assert read_class_map("+0", 2).tolist() == [0, 1]
    (tmp_path / "pairs.csv").write_text("3,0\n0,1\n")
    assert read_class_map(str(tmp_path / "pairs.csv"), None).tolist() == [1, -1, -1, 0]
    (tmp_path / "column.txt").write_text("2\n-1\n0\n")
    assert read_class_map(str(tmp_path / "column.txt"), None).tolist() == [2, -1, 0]
    assert read_class_map("+1", 3).dtype == np.int64


@pytest.mark.parametrize(
    ("value", "words"),
    [("+1", "needs the number of classes"), ("up", "neither a shift like"), ("bad.csv", "not a whole number")],
)
def test_class_maps_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("a,b\n")
    with pytest.raises(DataError, match=words) as caught:
        read_class_map(value, None)
    assert caught.value.remedy
