"""Real removal, against networks whose weights are set to zero by hand, and what is left behind."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.connect import ProbeReading
from cnnvis.observe.intervene import Experiment, Intervention, Measured, Scoring, measure
from cnnvis.schema.errors import ModelError
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.connect.helpers import PLACES, Skips, probe, traced, unit_of
from tests.observe.contribute.helpers import close, noise


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


class Functional(nn.Module):
    """Non-linearities as functions, one of them in place; the second convolution runs twice."""

    def __init__(self, *, in_place: bool = True) -> None:
        super().__init__()
        self.in_place = in_place
        self.one, self.two, self.head = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 3, padding=1), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.rest(self.first(x))

    def first(self, x: torch.Tensor) -> torch.Tensor:
        return functional.relu(self.one(x), inplace=self.in_place)

    def rest(self, a: torch.Tensor) -> torch.Tensor:
        b = functional.relu(self.two(a))
        c = functional.relu(self.two(b) + a)
        return self.head(c.mean((2, 3)))


def measured(
    model: nn.Module, images: np.ndarray, labels: np.ndarray, experiment: Experiment, **reading: object
) -> Measured:
    """Measure on all images."""
    return measure(
        model,
        Memory(images, labels, evenly(len(images), 4)),
        traced(model, images),
        probe=probe(len(images), labels),
        experiment=experiment,
        reading=ProbeReading(**{"device": "cpu", "batch": 3} | reading),
    )


@pytest.mark.parametrize("in_place", [False, True])
def test_a_removed_functional_relu_is_the_rest_of_the_network_on_zeros(in_place: bool) -> None:
    model = Functional(in_place=in_place).eval()
    images, labels = noise(8, (2, 6, 6)), np.arange(8) % 3
    unit = next(unit for unit in traced(model, images).units if unit.role == "conv")
    experiment = Experiment(
        interventions=[
            Intervention(unit=unit.id, neurons=(1, 3)),
            Intervention(unit=unit.id, neurons=(0,), values=(0.5,)),
            Intervention(unit=unit.id, neurons=()),
        ],
        targets=["head"],
        scores=Scoring(classes=3),
    )
    found = measured(model, images, labels, experiment)
    with torch.no_grad():
        value = model.first(torch.from_numpy(images)).clone()
        clean = model.rest(value.clone())
        without, clamped = value.clone(), value.clone()
        without[:, [1, 3]] = 0
        clamped[:, 0] = 0.5
        results = [model.rest(without), model.rest(clamped), clean]
    assert found.logit_drops is not None
    for row, result in enumerate(results):
        close(found.logit_drops[row], (clean - result).mean(0).double().numpy())
        close(found.drops["head"][row], found.logit_drops[row])
        right = (result.argmax(1).numpy() == labels) & True
        assert found.correct_after[row].tolist() == np.bincount(labels[right], minlength=3).tolist()
    assert not found.logit_drops[2].any()
    assert found.class_images.tolist() == [3, 3, 2]
    assert found.correct.tolist() == found.correct_after[2].tolist()


@pytest.mark.parametrize("in_place", [False, True])
def test_targets_are_read_before_their_non_linearity_with_and_without_the_other_columns_held(in_place: bool) -> None:
    model = Skips(nn.ReLU, in_place=in_place).eval()
    images = noise(7, (2, 5, 5))
    columns = [unit_of(name) for name in PLACES]
    interventions = [
        Intervention(unit=unit_of("first"), neurons=(0, 2)),
        Intervention(unit=unit_of("second"), neurons=(1,)),
    ]
    for held in ((), columns):
        experiment = Experiment(interventions=interventions, targets=columns, held=held)
        found = measured(model, images, np.full(7, -1), experiment)
        with torch.no_grad():
            inputs = torch.from_numpy(images)
            before, clean = model.steps(inputs)
            for row, (name, neurons) in enumerate((("first", [0, 2]), ("second", [1]))):
                value = clean[name].clone()
                value[:, neurons] = 0
                changed, _ = model.steps(inputs, (dict(clean) if held else {}) | {name: value})
                for target in PLACES:
                    drop = (before[target] - changed[target]).mean((0, 2, 3)).numpy()
                    close(found.drops[unit_of(target)][row], drop)
                assert not found.drops[unit_of(name)][row].any()
        assert found.class_images.tolist() == []


def test_images_that_are_not_finite_count_in_no_mean() -> None:
    model, images = Skips(), noise(6, (2, 5, 5))
    experiment = Experiment(
        interventions=[Intervention(unit=unit_of("first"), neurons=(0,))], targets=[unit_of("third")]
    )
    spoilt = images.copy()
    spoilt[2] = np.inf
    found = measured(model, spoilt, np.full(6, -1), experiment)
    wanted = measured(model, np.delete(images, 2, 0), np.full(5, -1), experiment)
    close(found.drops[unit_of("third")], wanted.drops[unit_of("third")])
    assert found.logit_drops is not None
    assert wanted.logit_drops is not None
    close(found.logit_drops, wanted.logit_drops)


@pytest.mark.parametrize("training", [False, True])
def test_nothing_is_left_behind_and_outputs_are_the_same_to_the_last_bit(training: bool) -> None:
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Dropout(), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(27, 3)
    )
    model.train(training)
    images, labels = noise(6, (2, 5, 5)), np.arange(6) % 3
    with torch.no_grad():
        before = model.eval()(torch.from_numpy(images))
    model.train(training)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = torch.get_rng_state()
    experiment = Experiment(interventions=[Intervention(unit="3", neurons=(0, 1))], targets=["5"])
    measured(model, images, labels, experiment)
    graph = traced(model, images)
    broken = Memory(noise(6, (2, 9, 9)), labels, evenly(6, 4))
    with pytest.raises(ModelError, match="failed on batch"):
        measure(model, broken, graph, probe=probe(6, labels), experiment=experiment, reading=ProbeReading(device="cpu"))
    assert torch.equal(torch.get_rng_state(), random)
    assert all(module.training is training for module in model.modules())
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    with torch.no_grad():
        after = model.eval()(torch.from_numpy(images))
    assert before.numpy().tobytes() == after.numpy().tobytes()


def test_a_class_map_says_what_is_right() -> None:
    model = Functional().eval()
    images, labels = noise(6, (2, 6, 6)), np.array([0, 1, 0, 1, 0, 1])
    unit = traced(model, images).units[0].id
    scores = Scoring(classes=2, label_of_output=np.array([-1, 1, 0]))
    found = measured(
        model, images, labels, Experiment(interventions=[Intervention(unit=unit, neurons=(0,))], scores=scores)
    )
    with torch.no_grad():
        outputs = model(torch.from_numpy(images)).argmax(1).numpy()
    right = labels[np.array([-1, 1, 0])[outputs] == labels]
    assert found.correct.tolist() == np.bincount(right, minlength=2).tolist()


def test_a_pass_can_be_ended_between_two_forward_passes() -> None:
    model, images = Skips(), noise(6, (2, 5, 5))
    told: list[tuple[int, int]] = []
    interventions = [Intervention(unit=unit_of("first"), neurons=(n,)) for n in range(3)]
    measured(
        model,
        images,
        np.full(6, -1),
        Experiment(interventions=interventions),
        progress=lambda done, total: told.append((done, total)),
    )
    # Four passes, as the network is and once per intervention, over six images in two batches.
    assert told == [(3 * passes, 24) for passes in range(9)]


def test_a_model_without_one_row_of_scores_per_image_has_no_logits() -> None:
    model, images = nn.Sequential(nn.Conv2d(2, 2, 1), nn.ReLU()), noise(3, (2, 4, 4))
    found = measured(model, images, np.zeros(3), Experiment(interventions=[Intervention(unit="1", neurons=(0,))]))
    assert found.logit_drops is None
    assert found.correct_after.shape == (1, 0)


def test_a_wrong_neuron_is_said_before_anything_runs() -> None:
    model, images = Skips(), noise(3, (2, 4, 4))
    with pytest.raises(ModelError, match="has no neuron 9"):
        measured(
            model, images, np.zeros(3), Experiment(interventions=[Intervention(unit=unit_of("first"), neurons=(9,))])
        )
