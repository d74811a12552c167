"""Contributions to a class on chosen images, against gradients taken image by image."""

import numpy as np
import pytest
import torch

from cnnvis.observe.connect import ProbeReading, ToClass, contribute_to_class
from cnnvis.observe.trace import trace
from cnnvis.schema.statistics import ProbeSet
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.connect.helpers import Skips, unit_of
from tests.observe.contribute.helpers import noise

IMAGES, LABELS = noise(9, (2, 5, 5)), np.arange(9) % 2


@pytest.mark.parametrize("label_of_output", [None, np.array([1, 0])])
def test_it_is_the_mean_over_images_of_gradient_times_activation(label_of_output: np.ndarray | None) -> None:
    torch.manual_seed(4)
    model = Skips().eval()
    graph = trace(model, torch.from_numpy(IMAGES[:1]))
    chosen = np.array([1, 4, 8])
    probe = ProbeSet(samples=chosen, labels=LABELS[chosen], predictions=LABELS[chosen], means={})
    told: list[tuple[int, int]] = []
    found = contribute_to_class(
        model,
        Memory(IMAGES, LABELS, evenly(9, 4)),
        graph,
        probe=probe,
        asked=ToClass(unit=unit_of("third"), label=0, classes=2, label_of_output=label_of_output),
        reading=ProbeReading(device="cpu", batch=2, progress=lambda *now: told.append(now)),
    )
    wanted = np.zeros(3)
    for image in chosen:
        _, after = model.steps(torch.from_numpy(IMAGES[image : image + 1]))
        maps = after["third"].detach().requires_grad_()
        _, again = model.steps(torch.from_numpy(IMAGES[image : image + 1]), {"third": maps})
        scores = model.head(again["fourth"].mean((2, 3)))
        output = 0 if label_of_output is None else 1
        (gradient,) = torch.autograd.grad(scores[0, output], maps)
        wanted += (maps * gradient).sum((0, 2, 3)).detach().numpy() / len(chosen)
    assert found == pytest.approx(wanted, rel=1e-4, abs=1e-7)
    assert told[-1] == (3, 3)
