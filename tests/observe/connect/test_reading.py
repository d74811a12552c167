"""Which probe images a pass reads, in which form, and how it can be ended."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.connect import ProbeReading
from cnnvis.schema.errors import ModelError
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.connect.helpers import probe, traced
from tests.observe.contribute.helpers import noise


def test_images_come_in_batches_as_the_model_computes() -> None:
    images, labels = noise(10, (1, 4, 4)), np.arange(10) % 2
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()).double()
    reading = ProbeReading(device="cpu", batch=4)
    batches = list(
        reading.batches(
            model, Memory(images, labels, evenly(10, 3)), traced(model, images.astype(np.float64)), probe(9, labels[:9])
        )
    )
    assert [len(inputs) for inputs, _ in batches] == [4, 4, 1]
    assert all(inputs.image.dtype == torch.float64 for inputs, _ in batches)
    assert np.array_equal(
        np.concatenate([inputs.image.numpy() for inputs, _ in batches]), images[:9].astype(np.float64)
    )
    assert np.concatenate([found for _, found in batches]).tolist() == labels[:9].tolist()


def test_a_limit_takes_as_many_of_every_class_and_always_the_same() -> None:
    labels = np.array([0] * 12 + [1] * 4 + [-1] * 4)
    chosen = ProbeReading(images=9).samples(probe(20, labels))
    assert np.bincount(labels[chosen] + 1).tolist() == [3, 3, 3]
    assert chosen.tolist() == ProbeReading(images=9).samples(probe(20, labels)).tolist()
    assert ProbeReading().samples(probe(20, labels)).tolist() == list(range(20))


def test_a_batch_is_as_large_as_the_memory_allows() -> None:
    images = noise(8, (1, 4, 4))
    model = nn.Conv2d(1, 2, 3)
    graph = traced(model, images)
    numbers = 2 * (16 + 8)
    for memory_bytes, wanted in ((3 * 4 * numbers, [3, 3, 2]), (0, [1] * 8), (1 << 30, [8])):
        reading = ProbeReading(device="cpu", memory_bytes=memory_bytes)
        data = Memory(images, np.full(8, -1), evenly(8, 8))
        assert [len(inputs) for inputs, _ in reading.batches(model, data, graph, probe(8))] == wanted


def test_a_device_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(ModelError, match="'abacus' cannot be used"):
        ProbeReading(device="abacus").place(nn.Linear(1, 1))
