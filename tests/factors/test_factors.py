"""Clusters of a trained network line up with the factors its images are made of.

Three things vary between the images: shape, colour and texture. A neuron is labelled with the factor that explains most
of its class profile and with the value of that factor it fires most for; the labels know nothing of the clusters.
"""

import numpy as np
import pytest
import torch

from tests.factors.images import factor_images
from tests.factors.measure import Agreement, agreements
from tests.factors.network import accuracy, trained_network
from tests.factors.sizes import FULL, SMALL, TRAININGS, Size

LEAST, LEAST_OF_ONE, MOST_BY_CHANCE = 0.4, 0.25, 0.05


def trained_agreements(size: Size, *, seed: int, least_right: float) -> dict[str, Agreement]:
    torch.set_num_threads(1)
    held_out = factor_images(size.watched, seed=1)
    network = trained_network(
        factor_images(size.each, seed=0), epochs=size.epochs, seed=seed, widths=size.widths, hidden=size.hidden
    )
    assert accuracy(network, held_out) >= least_right
    found = {one.layer: one for one in agreements(network, held_out)}
    assert list(found) == ["conv1.2", "conv2.2", "conv3.2", "fc4.1", "values"]
    return found


def test_clusters_of_the_last_convolution_are_the_factors_values() -> None:
    found = trained_agreements(SMALL, seed=0, least_right=0.8)
    last = found["conv3.2"]
    assert last.by_value >= LEAST
    assert last.shuffled <= MOST_BY_CHANCE
    assert last.highest_shuffled < last.by_value / 2
    assert found["values"].explained > last.explained > 0.5, "the scores are of one factor each, as built"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_clusters_line_up_with_the_factors_in_every_layer_that_has_clusters() -> None:
    """What docs/explanation/facets.md says: the mean over the trainings, and no training near chance."""
    trainings = [trained_agreements(FULL, seed=seed, least_right=0.95) for seed in range(TRAININGS)]
    for layer in ("conv1.2", "conv2.2", "conv3.2", "fc4.1"):
        found = [training[layer] for training in trainings]
        assert np.mean([one.by_value for one in found]) >= LEAST
        assert min(one.by_value for one in found) >= LEAST_OF_ONE
        assert all(abs(one.shuffled) <= MOST_BY_CHANCE for one in found)
        assert all(one.by_value > one.highest_shuffled for one in found)
    # Of the last layer every neuron is about one value by construction: there is nothing to find.
    assert all(training["values"].explained >= 0.9 for training in trainings)
