"""Data that can only be run through."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch.utils.data import IterableDataset

from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.stream import StreamSource
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (7, 4, 5, 3), dtype=np.uint8)


class Stream(IterableDataset[object]):
    def __iter__(self) -> Iterator[object]:
        return ((pixels, index) for index, pixels in enumerate(PIXELS))


class Batches(IterableDataset[object]):
    def __iter__(self) -> Iterator[object]:
        return iter([{"image": PIXELS[:3], "label": torch.arange(3)}, {"image": PIXELS[3:], "label": np.arange(4)}])


def test_samples_are_gathered_and_the_latest_pictures_kept() -> None:
    source = StreamSource(Stream(), name="s", preprocess=Preprocess(), batch_size=3)
    assert not source.rereadable
    assert source.total is None
    seen = []
    for batch in source.batches():
        seen.append(batch)
        for sample in batch.samples:
            assert np.array_equal(source.picture(int(sample)).pixels, PIXELS[sample])
    assert [len(batch.samples) for batch in seen] == [3, 3, 1]
    assert torch.equal(torch.cat([b.inputs.image for b in seen]), torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255)
    with pytest.raises(DataError, match=r"Sample 0 of the stream s has gone by"):
        source.picture(0)
    assert [b.samples.tolist() for b in source.batches(1)] == [[3, 4, 5], [6]]


@pytest.mark.parametrize("batched", [False, True])
def test_limits(batched: bool) -> None:
    data = Batches() if batched else Stream()
    source = StreamSource(data, name="s", preprocess=Preprocess(), batch_size=3, limit=5, batched=batched)
    assert sum(len(batch.samples) for batch in source.batches()) == 5


def test_ready_batches_keep_their_sizes() -> None:
    source = StreamSource(Batches(), name="s", preprocess=Preprocess(), batched=True)
    assert [(b.samples.tolist(), b.labels.tolist()) for b in source.batches()] == [
        ([0, 1, 2], [0, 1, 2]),
        ([3, 4, 5, 6], [0, 1, 2, 3]),
    ]


def test_what_cannot_be_read_twice_or_holds_nothing() -> None:
    with pytest.raises(DataError, match="read only once"):
        StreamSource(iter([(PIXELS[0], 0)]), name="s", preprocess=Preprocess())
    with pytest.raises(DataError, match="gives no images"):
        StreamSource([], name="s", preprocess=Preprocess())
    with pytest.raises(DataError, match="3 images and 2 labels"):
        StreamSource([(PIXELS[:3], np.arange(2))], name="s", preprocess=Preprocess(), batched=True)
    assert StreamSource([(PIXELS[0], 0)] * 2, name="s", preprocess=Preprocess()).total == 2
