"""Steps of a loop become one block that says how often they ran."""

from typing import Any

import pytest
import torch

from cnnvis.analysis.group import group_layers
from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.grouping import Block
from tests.observe.trace import nets

Builder = Any


def found(builder: Builder, end: str) -> list[tuple[str, int]]:
    """Return title and number of units of the blocks before the classes."""
    graph = builder.graph(builder.unit("head", end, stride=None, role="linear", activation=None))
    return [(block.title, len(block.units)) for group in group_layers(graph).groups[:-1] for block in group.blocks]


def test_a_step_of_two_modules_is_found_between_others(builder: Builder) -> None:
    last = builder.unit("stem", "input", stride=1)
    for call in (1, 2, 3, 4):
        last = builder.unit("a", last, stride=1, call=call)
        last = builder.unit("b", last, stride=1, call=call)
    last = builder.unit("tail", last, stride=1)
    assert found(builder, last) == [("stem", 1), ("a ×4", 8), ("tail", 1)]


def test_other_modules_and_other_strides_are_no_loop(builder: Builder) -> None:
    last = builder.unit("a", "input", stride=1)
    last = builder.unit("b", last, stride=1)
    last = builder.unit("c", last, stride=2)
    last = builder.unit("c", last, stride=4, call=2)
    assert found(builder, last) == [("a", 1), ("b", 1), ("c", 1), ("c", 1)]


def test_functions_alone_are_no_loop(builder: Builder) -> None:
    last = builder.unit("a", "input", stride=1)
    for _ in range(3):
        last = builder.merge("", (last, "a.relu"), stride=1)
    assert found(builder, last) == [("a", 1), ("/relu#1", 1), ("/relu#2", 1), ("/relu#3", 1)]


@pytest.mark.parametrize("steps", [2, 10])
def test_a_convolution_unrolled_over_time_is_one_block_and_nothing_is_without_a_name(steps: int) -> None:
    graph = require_complete(trace(nets.Recurrent(steps).eval(), torch.rand(1, 3, 16, 16)))
    groups = group_layers(graph).groups
    blocks: list[Block] = [block for group in groups for block in group.blocks]
    # The last step's result is the network's own, and so a column.
    assert [block.title for block in blocks] == ["enter", f"again ×{steps}", f"/tanh#{steps}"]
    assert [unit for block in blocks for unit in block.units] == [unit.id for unit in graph.units]
    assert [group.title for group in groups] == ["enter, again", f"/tanh#{steps}"]
