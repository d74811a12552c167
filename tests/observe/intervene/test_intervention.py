"""What an intervention writes into an output, and what it refuses."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.intervene.intervention import Intervention, Switchboard
from cnnvis.observe.trace import trace, watch_layers
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import Layer


@given(st.integers(0, 2), st.sets(st.integers(0, 3)), st.booleans())
def test_neurons_take_their_value_everywhere_and_the_others_stay(axis: int, neurons: set[int], zero: bool) -> None:
    shape = [2, 3]
    shape.insert(axis, 4)
    layer = Layer(id="x", path="", op="relu", kind="activation", event="", shape=tuple(shape), channel_axis=axis)
    output = torch.randn(5, *shape)
    wanted = output.clone()
    chosen = tuple(sorted(neurons, reverse=True))
    values = None if zero else tuple(10.0 + neuron for neuron in chosen)
    for place, neuron in enumerate(chosen):
        for image in range(5):
            wanted[image].select(axis, neuron).fill_(0.0 if values is None else values[place])
    Intervention(unit="x", neurons=chosen, values=values).apply(output, layer)
    assert torch.equal(output, wanted)


@pytest.mark.parametrize(
    ("intervention", "sentence"),
    [
        (Intervention(unit="ghost", neurons=(0,)), "The network has no unit 'ghost'."),
        (Intervention(unit="1", neurons=(0, 3)), "1 has no neuron 3, only 0 to 2."),
        (Intervention(unit="1", neurons=(-1,)), "1 has no neuron -1, only 0 to 2."),
        (Intervention(unit="1", neurons=(0, 1), values=(1.0,)), "1 values came for 2 neurons of 1."),
    ],
)
def test_what_the_network_does_not_have_is_a_sentence(intervention: Intervention, sentence: str) -> None:
    graph = trace(nn.Sequential(nn.Conv2d(1, 3, 1), nn.ReLU()), torch.zeros(1, 1, 2, 2))
    with pytest.raises(ModelError) as caught:
        intervention.checked(graph)
    assert caught.value.message == sentence
    assert caught.value.remedy
    kept = Intervention(unit="1", neurons=(0, 2))
    assert kept.checked(graph) is kept


def test_the_switchboard_does_what_was_set_last_in_order() -> None:
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU()).eval()
    graph = trace(model, torch.zeros(1, 1, 2, 2))
    board = Switchboard([graph.layer("0"), graph.layer("1")])
    seen: list[str] = []
    with torch.no_grad(), watch_layers(model, board.callbacks()):
        board.set(
            [("1", lambda _: seen.append("b")), ("0", lambda _: seen.append("a")), ("1", lambda _: seen.append("c"))]
        )
        model(torch.zeros(1, 1, 2, 2))
        assert seen == ["a", "b", "c"]
        board.set([("1", lambda output: output.fill_(7))])
        assert torch.equal(model(torch.zeros(1, 1, 2, 2)), torch.full((1, 1, 2, 2), 7.0))
        board.set([])
        assert not (model(torch.zeros(1, 1, 2, 2)) == 7).any()
    assert seen == ["a", "b", "c"]
