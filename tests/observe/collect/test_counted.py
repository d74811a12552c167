"""The same images are counted in whatever order and portions they come."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.collect.counted import CountedImages, CountPlan, chosen_images


@given(st.lists(st.integers(0, 300), min_size=1, max_size=40, unique=True), st.sampled_from([1, 4, 16]))
def test_every_so_many_th_block_is_counted_in_any_order(samples: list[int], every: int) -> None:
    counted = chosen_images(np.array(samples), every, torch.device("cpu"))
    assert torch.tensor(samples)[counted].tolist() == [sample for sample in samples if (sample // 16) % every == 0]


@given(st.sets(st.integers(0, 5000), min_size=1, max_size=40), st.integers(1, 5000))
def test_the_lowest_images_are_counted_wherever_they_lie(numbers: set[int], images: int) -> None:
    samples = np.array(sorted(numbers))
    counted = CountedImages.of_batch(CountPlan.of_data(images, samples), samples, torch.device("cpu"))
    for which in (counted.large, counted.huge):
        found = torch.from_numpy(samples)[which].tolist()
        assert set(found) >= {sample for sample in numbers if sample // 16 == samples[0] // 16}
    assert CountPlan.of_data(images, samples % 16) == CountPlan.of_data(images, None)


def test_images_in_order_are_a_slice() -> None:
    assert isinstance(chosen_images(np.arange(64, 128), 4, torch.device("cpu")), slice)
    assert chosen_images(np.arange(16, 64), 4, torch.device("cpu")) == slice(0, 0)


@pytest.mark.parametrize(
    ("images", "large", "huge"),
    [(None, 4, 4), (255, 4, 4), (256, 4, 8), (511, 4, 8), (512, 4, 16), (2047, 4, 16), (2048, 8, 16), (4096, 16, 16)],
)
def test_of_many_images_fewer_are_counted(images: int | None, large: int, huge: int) -> None:
    assert CountPlan.of_data(images) == CountPlan(large=large, huge=huge)


def test_small_maps_are_counted_on_every_image() -> None:
    counted = CountedImages.of_batch(CountPlan(large=4, huge=16), np.arange(128, 192), torch.device("cpu"))
    assert counted.where(63) == slice(None)
    assert len(torch.arange(64)[counted.where(64)]) == 16
    assert counted.where(1024) == slice(0, 0)
