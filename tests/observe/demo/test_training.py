"""Training the demo: the same each time, without a trace in the caller's random numbers, and good."""

import pytest
import torch

from cnnvis.observe.demo import demo_images, held_out_accuracy, train_demo_network


def test_same_seed_same_weights_and_the_callers_random_numbers_stay() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one = train_demo_network(epochs=0, progress=False)
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)
    two = train_demo_network(epochs=0, progress=False)
    other = train_demo_network(seed=1, epochs=0, progress=False)
    for name, value in one.state_dict().items():
        torch.testing.assert_close(value, two.state_dict()[name], rtol=0, atol=0)
    assert not torch.equal(one.state_dict()["fc5.weight"], other.state_dict()["fc5.weight"])
    assert not one.training


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_trained_network_is_right_on_97_percent_of_held_out_digits_each_time() -> None:
    images = demo_images()
    one, two = (train_demo_network(progress=False) for _ in range(2))
    assert held_out_accuracy(one, images) >= 0.97
    for name, value in one.state_dict().items():
        torch.testing.assert_close(value, two.state_dict()[name], rtol=0, atol=0)
