"""Run a model once and write down every operation that its input reaches."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from cnnvis.observe.trace.names import is_question, op_name
from cnnvis.observe.trace.watch import event_name, tensors_in

# Results that only take shape or type from a tensor do not depend on the image.
_INDEPENDENT = frozenset("zeros_like ones_like empty_like full_like rand_like randn_like randint_like new_zeros "
                         "new_ones new_empty new_full new_tensor new_empty_strided".split())  # fmt: skip

# What hands on its input's values unchanged under another object is no layer.
_TRANSPARENT = frozenset("contiguous to float double half bfloat16 type type_as cpu cuda detach requires_grad_ data "
                         "requires_grad clone alias lift_fresh _to_copy as_subclass resolve_conj resolve_neg "
                         "positive".split())  # fmt: skip


@dataclass(eq=False)
class Frame:
    """One call of one module."""

    module: nn.Module
    path: str
    call: int
    """Running number of this module's calls in the forward, from 1."""
    parent: "Frame | None"
    ops: int = 0
    """Operations inside, those of child modules included."""
    children: int = 0
    """Calls of child modules in which an operation ran."""


@dataclass(eq=False)
class Op:
    """One operation that the input reaches: what went in, what came out and where it ran."""

    index: int
    name: str
    event: str
    frame: Frame | None
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: list[torch.Tensor]
    several: bool = False
    """Whether the call returns several tensors, which are then layers of their own."""
    sources: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """id of a tensor in the arguments to the operation and output that it came from."""
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    """id of a tensor in the arguments to its shape at the time of the call."""

    def operands(self) -> list[tuple[tuple[int, int], tuple[int, ...]]]:
        """Return source and shape of the tensors in the arguments that depend on the input, in order."""
        given = tensors_in((self.args, self.kwargs))
        return [(self.sources[id(tensor)], self.shapes[id(tensor)]) for tensor in given if id(tensor) in self.sources]


class Recorder:
    """Follows tensors by identity through the running model."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.frame: Frame | None = None
        self.failures: list[tuple[BaseException, str]] = []
        self._owners: dict[int, tuple[int, int]] = {}
        # An id is only unique while its object lives.
        self._alive: list[Any] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._calls: dict[str, int] = {}

    def add_input(self, tensor: torch.Tensor) -> None:
        """Make one tensor of the example an input of the graph."""
        count = self._count("", "input")
        self._append("input", "", (), {}, [tensor])
        self.ops[-1].event = event_name("", "input", count)

    def owner(self, tensor: torch.Tensor) -> tuple[int, int] | None:
        """Return the operation and output that made this tensor; None when the input does not reach it."""
        return self._owners.get(id(tensor))

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], run: Callable[[], Any]) -> Any:
        """Run an operation and write it down, if its result depends on the input."""
        given = tensors_in((args, kwargs))
        sources = {id(tensor): owner for tensor in given if (owner := self.owner(tensor)) is not None}
        shapes = {id(tensor): tuple(tensor.shape) for tensor in given}
        # A list that the model goes on appending to must not change what was recorded.
        args, kwargs = _snapshot(args), _snapshot(kwargs)
        result = run()
        outputs = tensors_in(args[0] if name == "setitem" else result)
        if not outputs:
            return result
        path = self.frame.path if self.frame else ""
        event = event_name(path, name, self._count(path, name))
        if not sources or name in _INDEPENDENT:
            return result
        if name in _TRANSPARENT:
            self._alive.append((args, kwargs, outputs))
            self._owners[id(outputs[0])] = next(iter(sources.values()))
            return result
        self._append(name, event, args, kwargs, outputs)
        op = self.ops[-1]
        op.sources, op.shapes, op.several = sources, shapes, not isinstance(result, torch.Tensor | None)
        return result

    def hooks(self, path: str) -> tuple[Callable[..., None], Callable[..., None]]:
        """Return what runs before and after a module's forward."""

        def before(module: nn.Module, _args: Any, _kwargs: Any) -> None:
            self.enter(module, path)

        def after(module: nn.Module, args: Any, kwargs: Any, result: Any) -> None:
            self.leave(module, (args, kwargs), result)

        return before, after

    def enter(self, module: nn.Module, path: str) -> None:
        """Note that a module starts."""
        self._calls[path] = self._calls.get(path, 0) + 1
        self.frame = Frame(module, path, self._calls[path], self.frame)

    def leave(self, module: nn.Module, inputs: tuple[tuple[Any, ...], dict[str, Any]], result: Any) -> None:
        """Note that a module is done or has failed; a result of unknown descent comes from the module as a whole."""
        frame = self.frame
        while frame is not None and frame.module is not module:
            frame = frame.parent
        if frame is None:
            return
        self._note_failure(frame.path)
        lost = [tensor for tensor in tensors_in(result) if self.owner(tensor) is None]
        counted = self._count(frame.path, "") if tensors_in(result) else 0
        sources = {id(tensor): owner for tensor in tensors_in(inputs) if (owner := self.owner(tensor)) is not None}
        if lost and sources and any(tensor.is_floating_point() for tensor in lost):
            name = type(module).__name__.lower()
            self._append(name, event_name(frame.path, "", counted), inputs[0], inputs[1], tensors_in(result))
            op = self.ops[-1]
            op.sources, op.several = sources, not isinstance(result, torch.Tensor)
            op.shapes = {id(tensor): tuple(tensor.shape) for tensor in tensors_in(inputs)}
        if frame.parent is not None and frame.ops:
            frame.parent.ops += frame.ops
            frame.parent.children += 1
        self.frame = frame.parent

    def _append(
        self, name: str, event: str, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: list[torch.Tensor]
    ) -> None:
        index = len(self.ops)
        self.ops.append(Op(index, name, event, self.frame, args, kwargs, outputs))
        self._alive.append((args, kwargs, outputs))
        if self.frame is not None:
            self.frame.ops += 1
        for number, tensor in enumerate(outputs):
            self._owners[id(tensor)] = (index, number)
            base = tensor._base  # noqa: SLF001 - there is no public way to ask whether a tensor is a view
            if base is not None and any(tensor is given for given in tensors_in(args)):
                # Written in place through a view: what is read from the base afterwards comes from here.
                self._alive.append(base)
                self._owners[id(base)] = (index, number)

    def _count(self, path: str, name: str) -> int:
        self._counts[path, name] = self._counts.get((path, name), 0) + 1
        return self._counts[path, name]

    def _note_failure(self, path: str) -> None:
        error = sys.exc_info()[1]
        if error is not None and not any(error is known for known, _ in self.failures):
            self.failures.append((error, path))


def _snapshot(value: Any) -> Any:
    if isinstance(value, list):
        return [_snapshot(item) for item in value]
    if type(value) is tuple:
        return tuple(_snapshot(item) for item in value)
    if isinstance(value, dict):
        return {key: _snapshot(item) for key, item in value.items()}
    return value


class FunctionMode(TorchFunctionMode):
    """Writes down the outermost function and method calls, which carry the names that a user knows."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.inside = False
        """Whether a function call is running, so that what it dispatches is already accounted for."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        if is_question(func) or self.recorder.frame is None:
            return func(*args, **options)

        def run() -> Any:
            self.inside = True
            try:
                return func(*args, **options)
            finally:
                self.inside = False

        return self.recorder.call(op_name(func), args, options, run)


class DispatchMode(TorchDispatchMode):
    """Writes down what reaches the kernels outside of any function call: custom autograd functions, scripts."""

    def __init__(self, recorder: Recorder, functions: FunctionMode) -> None:
        super().__init__()
        self.recorder = recorder
        self.functions = functions

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = kwargs or {}
        if self.functions.inside or self.recorder.frame is None:
            return func(*args, **options)
        return self.recorder.call(f"aten.{op_name(func)}", args, options, lambda: func(*args, **options))
