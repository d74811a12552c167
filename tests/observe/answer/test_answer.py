"""What a network makes of images, against plain hooks and the definition of softmax."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.answer import answer
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace import trace
from cnnvis.schema.errors import ModelError


def network(*last: nn.Module) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.ReLU(inplace=True),
        nn.Dropout(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16, 3),
        *last,
    )


IMAGES = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("last", [(), (nn.Softmax(dim=1),), (nn.LogSoftmax(dim=1),)])
def test_activations_and_probabilities_are_those_of_the_definition(last: tuple[nn.Module, ...]) -> None:
    model = network(*last).train()
    graph = trace(model, IMAGES[:1])
    before = [parameter.clone() for parameter in model.parameters()]
    found = answer(model, graph, ModelInput((IMAGES.clone(),)), units=("1", "5"), device="cpu")
    assert model.training
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    plain = network().eval()
    with torch.no_grad():
        maps, logits = torch.relu(plain[0](IMAGES)), plain(IMAGES)
    for image in range(5):
        for neuron in range(4):
            values = [float(value) for value in maps[image, neuron].flatten()]
            assert found.means["1"][image, neuron] == pytest.approx(sum(values) / len(values), rel=1e-5, abs=1e-7)
        powers = [np.exp(float(value)) for value in logits[image]]
        assert found.probabilities is not None
        assert found.probabilities[image] == pytest.approx([power / sum(powers) for power in powers], rel=1e-4)
    assert found.means["5"] == pytest.approx(logits.numpy(), rel=1e-4, abs=1e-6)


def test_without_a_row_of_scores_there_are_no_probabilities() -> None:
    model = network()[:2]
    found = answer(model, trace(model, IMAGES[:1]), ModelInput((IMAGES,)), units=("1",), device="cpu")
    assert found.probabilities is None
    assert found.means["1"].shape == (5, 4)


def test_a_model_that_fails_is_said() -> None:
    model = network()
    graph = trace(model, IMAGES[:1])
    with pytest.raises(ModelError):
        answer(model, graph, ModelInput((torch.rand(2, 3, 8, 8),)), units=("1",), device="cpu")
