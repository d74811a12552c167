"""The whole of collect on really trained and on many differently built networks."""

from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
import torch

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.trace import trace
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.networks import NETWORKS, Network

pytestmark = pytest.mark.slow


class Normalised(Memory):
    """CIFAR-10 images as the network was trained on them."""

    MEAN: ClassVar = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
    STD: ClassVar = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]


def test_resnet20_on_cifar10_reports_its_known_accuracy(shared_data: Path, shared_networks: ModuleType) -> None:
    model = shared_networks.resnet20()
    (file,) = shared_data.rglob("resnet20-12fca82f.th")
    weights = torch.load(file, map_location="cpu", weights_only=True)["state_dict"]
    model.load_state_dict({name.removeprefix("module."): tensor for name, tensor in weights.items()})
    pixels, labels = shared_networks.cifar10("test")
    inputs = (pixels.transpose(0, 3, 1, 2).astype(np.float32) / 255 - Normalised.MEAN) / Normalised.STD
    source = Normalised(inputs, labels.astype(np.int64), evenly(5000, 100))
    graph = trace(model.eval(), torch.from_numpy(inputs[:2]))
    active = [unit for unit in graph.units if unit.activation is not None]
    options = CollectOptions(classes=10, representatives=(active[-1].id,))
    found = collect(model, source, graph, options=options)
    assert (found.facts.images_seen, found.facts.correct) == (5000, 4575)
    assert (len(active), sum(unit.neurons for unit in active)) == (19, 688)
    never = sum(int(found.statistics.units[unit.id].never_active.sum()) for unit in active)
    assert 18 <= never <= 40  # 18 on twice as many images
    assert found.statistics.confusion.trace() == 4575
    assert found.statistics.probe.samples.shape == (2000,)
    top = found.statistics.units[active[5].id]
    with torch.no_grad():
        kept: dict[str, torch.Tensor] = {}
        from cnnvis.observe.trace import watch_layers

        event = graph.layer(active[5].before).event
        sample = int(top.top_sample[3, 0])
        with watch_layers(model, {event: lambda tensor: kept.update(map=tensor.clone())}):
            model(torch.from_numpy(inputs[sample : sample + 1]))
    assert float(kept["map"][0, 3].max()) == pytest.approx(float(top.top_value[3, 0]), rel=1e-4)
    assert float(kept["map"][0, 3, top.top_y[3, 0], top.top_x[3, 0]]) == pytest.approx(
        float(top.top_value[3, 0]), rel=1e-4
    )


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_every_network_is_measured(network: Network, torchvision_or_skip: ModuleType) -> None:
    if network.library == "timm":
        pytest.importorskip("timm")
    model = network.build()
    inputs = network.example(4).numpy()
    graph = trace(model, torch.from_numpy(inputs[:1]))
    source = Memory(inputs, np.arange(4), evenly(4, 2))
    found = collect(model, source, graph, options=CollectOptions(classes=10, device="cpu", top_k=2))
    assert found.facts.images_seen == 4
    assert found.statistics.units.keys() == {unit.id for unit in graph.units}
    for unit in graph.units:
        values = found.statistics.units[unit.id]
        assert values.mean.shape == (unit.neurons,)
        assert np.isfinite(values.mean).all(), unit.id
        assert np.isfinite(values.slope).all(), unit.id
        assert (values.minimum <= values.mean + 1e-6).all()
        assert (values.mean <= values.maximum + 1e-6).all()
        assert ((values.active >= 0) & (values.active <= 1)).all()
        assert (values.top_sample >= 0).all()
    assert all(not module._forward_hooks for module in model.modules())
