"""Modules that run again and again, as in a recurrence, become one block (design: trace, folded as ×N)."""

import re

from cnnvis.analysis.group.block import UnitBlock, is_vector
from cnnvis.analysis.group.order import Order
from cnnvis.analysis.group.stride import Stride

_CALL = re.compile(r"#\d+")


def fold_repeats(blocks: list[UnitBlock], order: Order, *, strides: dict[str, Stride]) -> list[UnitBlock]:
    """Join neighbouring blocks that repeat, one step of a loop after the other, into one that says how often.

    A step is the shortest row of blocks that comes again at once. It must call a module, since functions alone may run
    again without being one layer, keep the stride, so that it stays in one column, and hold no linear layer on whole
    vectors, which is a column of its own.
    """
    made = [_made_of(block) for block in blocks]
    folded: list[UnitBlock] = []
    at = 0
    while at < len(blocks):
        length, times = _repeats(made, at)
        steps = blocks[at : at + length * times]
        if times > 1 and _is_loop(steps, order, strides):
            folded.append(_joined(steps, times))
            at += len(steps)
        else:
            folded.append(blocks[at])
            at += 1
    return folded


def _made_of(block: UnitBlock) -> tuple[str, ...]:
    """Return what a block runs, without the numbers of the calls."""
    return tuple(_CALL.sub("", unit.members[0]) for unit in block.units)


def _repeats(made: list[tuple[str, ...]], at: int) -> tuple[int, int]:
    """Return the length of the shortest row that begins here and comes again at once, and how often it is there."""
    for length in range(1, (len(made) - at) // 2 + 1):
        row, times = made[at : at + length], 1
        while made[at + times * length : at + (times + 1) * length] == row:
            times += 1
        if times > 1:
            return length, times
    return 1, 1


def _is_loop(steps: list[UnitBlock], order: Order, strides: dict[str, Stride]) -> bool:
    units = [unit for block in steps for unit in block.units]
    calls_a_module = any("/" not in unit.members[0] for unit in units)
    keeps_stride = len({strides[unit.id] for unit in units}) == 1
    return calls_a_module and keeps_stride and not any(is_vector(unit, order) for unit in units)


def _joined(steps: list[UnitBlock], times: int) -> UnitBlock:
    # What the network's own forward does between the calls has no module to be named after.
    path = next((block.path for block in steps if block.path), "")
    units = tuple(unit for block in steps for unit in block.units)
    return UnitBlock(path=path, units=units, is_module=any(block.is_module for block in steps), times=times)
