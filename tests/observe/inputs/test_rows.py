"""Several inputs as arrays in memory."""

import numpy as np
import torch

from cnnvis.observe.inputs import from_dataset
from cnnvis.observe.inputs.rows import as_rows

IMAGES, META, LABELS = np.zeros((5, 3, 4, 4), np.float32), np.arange(10.0).reshape(5, 2), np.arange(5) % 3


def test_rows_of_a_tuple_and_of_a_dict() -> None:
    pair = as_rows(((IMAGES, torch.from_numpy(META)), LABELS))
    named = as_rows(({"image": IMAGES, "meta": META}, LABELS))
    assert pair is not None
    assert named is not None
    assert len(pair) == len(named) == 5
    (image, meta), label = pair[3]  # pyright: ignore[reportGeneralTypeIssues]
    assert image.shape == (3, 4, 4)
    assert meta.tolist() == META[3].tolist()
    assert label == 0
    assert set(named[2][0]) == {"image", "meta"}  # pyright: ignore[reportIndexIssue]


def test_what_are_no_rows() -> None:
    for data in (
        (IMAGES, LABELS),
        ((IMAGES, META[:4]), LABELS),
        ((META, META), LABELS),
        [(IMAGES[0], 1)],
        ((), LABELS),
    ):
        assert as_rows(data) is None


def test_they_are_read_as_batches() -> None:
    source = from_dataset(((IMAGES, META), LABELS))
    batch = next(source.batches())
    assert source.name == "arrays"
    assert [tuple(tensor.shape) for tensor in batch.inputs.tensors()] == [(5, 3, 4, 4), (5, 2)]
    assert batch.labels.tolist() == LABELS.tolist()
