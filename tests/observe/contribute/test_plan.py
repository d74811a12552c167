"""Which images and which confused classes are looked at."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.contribute.plan import ContributionLimits, choose_images, most_confused
from cnnvis.observe.trace import trace
from tests.observe.contribute.helpers import statistics_of


def test_confusions_count_in_both_directions_most_first() -> None:
    confusion = np.array([[90, 3, 0, 1], [0, 80, 0, 5], [4, 0, 70, 0], [0, 0, 0, 60]])
    found = most_confused(statistics_of(np.arange(4), confusion), 2, None)
    assert found.tolist() == [[2, 1], [3, 0], [0, -1], [1, 0]]


def test_ties_go_to_what_own_images_are_taken_for_then_to_the_lower_class() -> None:
    confusion = np.array([[0, 0, 2, 1], [2, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]])
    assert most_confused(statistics_of(np.arange(4), confusion), 3, None)[0].tolist() == [2, 3, 1]


def test_columns_without_a_class_are_not_named() -> None:
    more_outputs = np.array([[5, 0, 9], [1, 5, 9]])
    assert most_confused(statistics_of(np.arange(2), more_outputs), 1, None).tolist() == [[1], [0]]
    mapped = np.array([[5, 0, 3], [1, 5, 3]])
    assert most_confused(statistics_of(np.arange(2), mapped), 1, np.array([-1, 0, 1])).tolist() == [[1], [0]]


@given(
    st.lists(st.integers(-1, 3), min_size=1, max_size=40), st.one_of(st.none(), st.integers(0, 50)), st.integers(0, 99)
)
def test_a_limit_leaves_every_class_its_share(labels: list[int], limit: int | None, seed: int) -> None:
    samples = np.sort(np.random.default_rng(seed).choice(1000, len(labels), replace=False))
    probe = statistics_of(np.array(labels), np.zeros((4, 4), np.int64), samples).probe
    chosen = choose_images(probe, np.array([0, 1, 3]), limit)
    assert (np.diff(chosen) > 0).all()
    eligible = np.isin(probe.labels, [0, 1, 3])
    assert len(chosen) == min(int(eligible.sum()), 10**6 if limit is None else limit)
    counts = np.bincount(probe.labels[chosen], minlength=4)
    there = np.bincount(probe.labels[eligible], minlength=4)
    for label in (0, 1, 3):  # a class with fewer than another gave all it has, or is one behind
        assert counts[label] == there[label] or counts[label] >= counts.max() - 1
    assert counts[2] == 0


def test_batches_are_as_large_as_memory_allows() -> None:
    graph = trace(nn.Sequential(nn.Conv2d(1, 4, 1), nn.ReLU()), torch.zeros(1, 1, 8, 8))
    image = 2 * 4 * sum(int(np.prod(layer.shape)) for layer in graph.layers)
    assert ContributionLimits(memory_bytes=5 * image).batch_images(graph) == 5
    assert ContributionLimits(memory_bytes=1).batch_images(graph) == 1
    assert ContributionLimits().batch_images(graph) == 64
    assert ContributionLimits(batch=100).batch_images(graph) == 100
