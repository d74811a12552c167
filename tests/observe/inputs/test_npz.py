"""`.npz` files under the usual names."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.observe.inputs.npz import read_npz
from cnnvis.schema.errors import DataError

X, Y = np.arange(8, dtype=np.uint8).reshape(2, 2, 2), np.array([1, 0])


@pytest.mark.parametrize(
    "keys", [("images", "labels"), ("x", "y"), ("X", "y"), ("x_test", "y_test"), ("test_images", "test_labels")]
)
def test_usual_names(tmp_path: Path, keys: tuple[str, str]) -> None:
    np.savez(tmp_path / "a.npz", **{keys[0]: X, keys[1]: Y})  # pyright: ignore[reportArgumentType]
    images, labels, part = read_npz(tmp_path / "a.npz", None)
    assert np.array_equal(images, X)
    assert labels is not None
    assert labels.tolist() == [1, 0]
    assert part == ("test" if "test" in keys[0] else "")


def test_the_split_is_chosen(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=X, y_train=Y, x_test=X + 1, y_test=Y)
    assert read_npz(tmp_path / "a.npz", None)[0][0, 0, 0] == 1
    images, _, part = read_npz(tmp_path / "a.npz", "train")
    assert images[0, 0, 0] == 0
    assert part == "train"


def test_a_single_array_needs_no_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X)
    images, labels, _ = read_npz(tmp_path / "a.npz", None)
    assert np.array_equal(images, X)
    assert labels is None


def test_files_without_images(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", weights=X, bias=Y)
    with pytest.raises(DataError, match=r"holds the arrays weights, bias, but none named images or x"):
        read_npz(tmp_path / "a.npz", None)
    (tmp_path / "b.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:60])
    with pytest.raises(DataError, match=r"b.npz cannot be read as .npz"):
        read_npz(tmp_path / "b.npz", None)
    np.savez(tmp_path / "c.npz", images=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match=r"c.npz cannot be read as .npz"):
        read_npz(tmp_path / "c.npz", None)
