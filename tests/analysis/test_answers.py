"""Answers and shares against sums over images, one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.answers import Scale, class_share, cluster_answers, set_answers
from cnnvis.schema.statistics import UnitStatistics


def measured(values: np.ndarray, labels: np.ndarray, classes: int, never: int = 0) -> UnitStatistics:
    """The statistics of activations, images by neurons; the first neurons never fire."""
    neurons = values.shape[1]
    means = np.full((classes, neurons), np.nan)
    for label in set(labels.tolist()):
        means[label] = values[labels == label].mean(0)
    zeros = np.zeros(neurons)
    top = np.where(np.arange(neurons) < never, -1.0, 1.0)[:, None]
    none = np.zeros((neurons, 1), np.int64)
    return UnitStatistics(
        after_mean=means.astype(np.float32),
        after_std=np.zeros((classes, neurons), np.float32),
        before_mean=means.astype(np.float32),
        mean=values.mean(0).astype(np.float32),
        std=values.std(0).astype(np.float32),
        minimum=values.min(0).astype(np.float32),
        maximum=values.max(0).astype(np.float32),
        active=zeros.astype(np.float32),
        slope=zeros.astype(np.float32),
        nonfinite=np.zeros(neurons, np.int64),
        top_value=top.astype(np.float32),
        top_sample=none,
        top_y=none,
        top_x=none,
    )


@given(seed=st.integers(0, 999), images=st.integers(1, 12), neurons=st.integers(1, 6))
def test_an_answer_is_the_mean_of_its_neurons_in_their_own_deviations(seed: int, images: int, neurons: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((images, neurons)).astype(np.float16)
    values[:, 0] = 2.0  # never varies
    if seed % 3 == 0:
        values[seed % images, seed % neurons] = (np.inf, -np.inf, np.nan)[seed % 9 // 3]
    clusters = tuple(tuple(range(start, neurons, 2)) for start in range(min(2, neurons)))
    found = cluster_answers(values, clusters)
    for place, members in enumerate(clusters):
        for image in range(images):
            total = 0.0
            for neuron in members:
                column = values[:, neuron].astype(np.float64)
                finite = all(np.isfinite(value) for value in column)
                spread = column.std() if finite else 0.0
                total += 0.0 if spread == 0 else (column[image] - column.mean()) / spread
            assert found[image, place] == pytest.approx(total / len(members), abs=1e-9)


@given(
    seed=st.integers(0, 9999),
    images=st.integers(1, 12),
    chosen=st.integers(1, 9),
    classes=st.integers(1, 4),
    neurons=st.integers(1, 6),
)
def test_a_set_is_held_against_the_profiles_of_its_classes(
    seed: int, images: int, chosen: int, classes: int, neurons: int
) -> None:
    rng = np.random.default_rng(seed)
    probe = rng.random((images, neurons))
    if seed % 2:
        probe[:, 0] = 1.0  # never varies
    profiles = rng.random((classes, neurons))
    if seed % 3 == 0:
        profiles[0] = np.nan  # a class without images
    values, labels = rng.random((chosen, neurons)), rng.integers(-1, classes, chosen)
    clusters = [tuple(range(start, neurons, 2)) for start in range(min(2, neurons))]
    answers, promised = set_answers(values, labels, profiles, scale=Scale.of(probe), clusters=clusters)

    def deviations(value: float, neuron: int) -> float:
        spread = probe[:, neuron].std()
        return 0.0 if spread == 0 or np.isnan(value) else (value - probe[:, neuron].mean()) / spread

    for place, members in enumerate(clusters):
        one = [np.mean([deviations(values[image, n], n) for n in members]) for image in range(chosen)]
        two = [np.mean([deviations(profiles[label, n], n) for n in members]) if label >= 0 else 0.0 for label in labels]
        assert answers[place] == pytest.approx(np.mean(one), rel=1e-6, abs=1e-9)
        assert promised[place] == pytest.approx(np.mean(two), rel=1e-6, abs=1e-9)


@given(seed=st.integers(0, 999), images=st.integers(2, 40), classes=st.integers(1, 5), neurons=st.integers(1, 4))
def test_the_share_between_classes_is_that_of_the_images(seed: int, images: int, classes: int, neurons: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    values = rng.normal(size=(images, neurons)) + labels[:, None] * rng.normal(size=neurons)
    wanted = []
    for neuron in values.T:
        mean = sum(neuron) / images
        total = sum((value - mean) ** 2 for value in neuron)
        between = sum((neuron[labels == label].mean() - mean) ** 2 for label in labels)
        wanted.append(between / total)
    counts = np.bincount(labels, minlength=classes)
    share = class_share(measured(values, labels, classes), counts)
    assert share == pytest.approx(np.mean(wanted), rel=1e-3, abs=1e-4)


def test_without_a_neuron_that_varies_there_is_no_share() -> None:
    labels = np.array([0, 1])
    constant = measured(np.ones((2, 3)), labels, 2)
    assert np.isnan(class_share(constant, np.array([1, 1])))
