"""Which units only weigh others."""

from typing import Any

import pytest

from cnnvis.analysis.group.gate import gates_of, is_product

Builder = Any


def gates(builder: Builder) -> set[str]:
    return set(gates_of(builder.graph(None)))


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("own_branch", [False, True])
def test_linear_layers_towards_a_product_are_gates(builder: Builder, swapped: bool, own_branch: bool) -> None:
    """Whether the gate is computed from the trunk itself, or from what the trunk is computed from, too."""
    stem = builder.unit("stem", "input", stride=1)
    trunk = builder.unit("conv", stem, stride=1)
    pooled = builder.pool("pool", stem if own_branch else trunk, stride=None)
    gate = builder.unit("fc", pooled, stride=None, role="linear", activation="sigmoid")
    builder.merge("", (gate, trunk) if swapped else (trunk, gate), stride=1, op="mul", relu=False)
    assert gates(builder) == {"fc.relu"}


def test_what_follows_the_product_and_what_is_added_is_no_gate(builder: Builder) -> None:
    trunk = builder.unit("conv", "input", stride=1)
    pooled = builder.pool("pool", trunk, stride=None)
    hidden = builder.unit("fc", pooled, stride=None, role="linear")
    builder.merge("", (hidden, pooled), stride=None, op="add", relu=False)
    assert gates(builder) == set()


def test_gate_over_positions_stays_an_ordinary_unit(builder: Builder) -> None:
    trunk = builder.unit("conv", "input", stride=1)
    mask = builder.unit("attention", trunk, stride=1, activation="sigmoid")
    builder.merge("", (trunk, mask), stride=1, op="mul", relu=False)
    assert gates(builder) == set()


def test_product_with_a_single_tensor_has_no_gate(builder: Builder) -> None:
    trunk = builder.unit("fc", "input", stride=None, role="linear")
    builder.merge("", (trunk,), stride=None, op="mul", relu=False)
    assert gates(builder) == set()


def test_products_are_known_by_name() -> None:
    assert all(is_product(op) for op in ("mul", "mul_", "__imul__", "Multiply"))
    assert not is_product("add")
