"""Maps of a really trained network: they peak where collect found the best places."""

from pathlib import Path
from types import ModuleType

import numpy as np
import torch

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.maps import map_images
from cnnvis.observe.trace import trace
from tests.observe.collect.helpers import Memory, evenly

IMAGES = 60


def test_resnet20_peaks_where_collect_said(shared_data: Path, shared_networks: ModuleType) -> None:
    model = shared_networks.resnet20()
    saved = torch.load(
        shared_data / "models/cifar10_resnet_akamaster/resnet20-12fca82f.th", map_location="cpu", weights_only=True
    )
    model.load_state_dict({name.removeprefix("module."): value for name, value in saved["state_dict"].items()})
    pixels, labels = shared_networks.cifar10("test")
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    inputs = ((pixels[:IMAGES] / 255 - mean) / deviation).transpose(0, 3, 1, 2).astype(np.float32)
    source = Memory(np.ascontiguousarray(inputs), np.asarray(labels[:IMAGES]), evenly(IMAGES, 30))
    graph = trace(model, torch.from_numpy(source.inputs[:1]))
    names = [unit.id for unit in graph.units if unit.rectified]
    chosen = (names[0], names[len(names) // 2], names[-1])
    options = CollectOptions(classes=10, representatives=chosen, device="cpu")
    collected = collect(model, source, graph, options=options)
    found = map_images(model, source, graph, collected=collected, options=options)
    assert found.warnings == ()
    assert found.maps is not None
    assert set(found.maps.units) == set(chosen)
    for name in chosen:
        unit, statistics = found.maps.units[name], collected.statistics.units[name]
        small = unit.values.shape[1:] == graph.layer(name).shape[1:]
        for neuron, place in zip(*np.nonzero(statistics.top_value > 0), strict=True):
            row = unit.row(int(neuron), int(statistics.top_sample[neuron, place]))
            assert row is not None
            if small:
                peak = unit.values[row, statistics.top_y[neuron, place], statistics.top_x[neuron, place]]
                assert peak == unit.values[row].max() == 255
        assert small == (name != chosen[0])
