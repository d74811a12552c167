"""IDX files, written here byte by byte."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from cnnvis.observe.inputs.idx import is_idx, read_idx, read_idx_pair
from cnnvis.schema.errors import DataError

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_images_find_their_labels(tmp_path: Path, packed: bool) -> None:
    images = tmp_path / f"t10k-images-idx3-ubyte{'.gz' if packed else ''}"
    images.write_bytes(gzip.compress(idx(IMAGES)) if packed else idx(IMAGES))
    assert is_idx(images)
    assert read_idx_pair(images)[1] is None
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(np.array([7, 2], np.uint8)))
    pixels, labels = read_idx_pair(images)
    assert np.array_equal(pixels, IMAGES)
    assert labels is not None
    assert labels.tolist() == [7, 2]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a-idx3", b"", "is not an IDX file"),
        ("b-idx3", b"\x89PNG....", "is not an IDX file"),
        ("c-idx3", idx(IMAGES)[:9], "cut off in its head"),
        ("d-idx3", idx(IMAGES)[:-1], "should hold 24 bytes and has 23"),
        ("e-idx3.gz", gzip.compress(idx(IMAGES))[:-12], "cannot be read"),
        ("f-idx3.gz", b"not packed", "cannot be read"),
    ],
)
def test_broken_files_are_sentences(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read_idx(tmp_path / name)
    assert caught.value.remedy
