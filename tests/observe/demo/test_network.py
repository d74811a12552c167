"""The demo's network."""

import torch

from cnnvis.analysis.group import group_layers
from cnnvis.observe.demo import demo_network
from cnnvis.observe.trace import trace


def test_columns_are_its_modules() -> None:
    graph = trace(demo_network().eval(), torch.zeros(1, 1, 32, 32))
    grouping = group_layers(graph)
    assert [group.title for group in grouping.groups] == ["conv1", "conv2", "conv3", "fc4", "fc5"]
    assert [len(group.units) for group in grouping.groups] == [2, 2, 2, 1, 1]
    assert [block.title for block in grouping.groups[0].blocks] == ["conv1.conv1", "conv1.conv2"]


def test_logits_have_one_number_per_class() -> None:
    assert demo_network().eval()(torch.zeros(2, 1, 32, 32)).shape == (2, 10)
