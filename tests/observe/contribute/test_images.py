"""Chosen images come in the order of the data, each once, in full batches."""

from collections.abc import Iterator

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.contribute.images import chosen_batches
from cnnvis.observe.inputs.source import Batch
from cnnvis.observe.model_input import ModelInput
from tests.observe.collect.helpers import Memory, evenly


@given(st.sets(st.integers(0, 29)), st.integers(1, 9), st.integers(1, 9))
def test_every_chosen_image_comes_once(chosen: set[int], size: int, batch: int) -> None:
    inputs = np.arange(30, dtype=np.float32).reshape(30, 1, 1, 1)
    source = Memory(inputs, np.arange(30), evenly(30, batch))
    found = list(chosen_batches(source, np.array(sorted(chosen), np.int64), size))
    assert [len(part.samples) for part in found[:-1]] == [size] * (len(found) - 1)
    assert [sample for part in found for sample in part.samples.tolist()] == sorted(chosen)
    assert [int(value) for part in found for value in part.inputs.image.flatten()] == sorted(chosen)
    assert [label for part in found for label in part.labels.tolist()] == sorted(chosen)


def test_reading_stops_after_the_last_one() -> None:
    source = Memory(np.zeros((30, 1, 1, 1), np.float32), np.zeros(30), evenly(30, 5), stop_at=2)
    assert sum(len(part.samples) for part in chosen_batches(source, np.array([1, 9]), 4)) == 2


def test_images_of_another_size_are_not_put_together() -> None:
    class TwoSizes(Memory):
        def batches(self, start: int = 0) -> Iterator[Batch]:
            for edge in (2, 4):
                yield Batch(
                    inputs=ModelInput((torch.zeros(2, 1, edge, edge),)),
                    labels=np.zeros(2, np.int64),
                    samples=np.arange(2) + edge,
                )

    source = TwoSizes(np.zeros((4, 1, 1, 1), np.float32), np.zeros(4), [])
    assert [len(part.samples) for part in chosen_batches(source, np.array([2, 3, 4, 5]), 3)] == [2, 2]
