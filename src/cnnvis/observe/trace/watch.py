"""Announce every layer's output while a model runs, at a price that a hot loop can pay."""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.hooks import RemovableHandle

from cnnvis.observe.trace.leaves import split_events
from cnnvis.observe.trace.names import Place, is_question, op_name, raw_name
from cnnvis.observe.trace.unwrap import has_compiled, module_paths, unwrap

Callback = Callable[[torch.Tensor], None]
Around = Callable[[torch.Tensor, Callable[[], torch.Tensor], bool], torch.Tensor]
"""Called in a function's place with its input, what runs it, and whether it works in place; returns its result."""


def together(callbacks: Sequence[Callback]) -> Callback:
    """Return one callback that calls several."""
    if len(callbacks) == 1:
        return callbacks[0]

    def call_all(output: torch.Tensor) -> None:
        for callback in callbacks:
            callback(output)

    return call_all


def event_name(path: str, op: str, count: int, output: int | None = None) -> str:
    """Return the name of the ``count``-th call of an operation inside a module, and of one output of several."""
    return f"{path}/{op}#{count}" + ("" if output is None else f"[{output}]")


class _Announcer(TorchFunctionMode):
    """Sees the outermost function calls and counts them per module path and operation."""

    def __init__(self, callbacks: Mapping[str, Callback], around: Mapping[str, Around]) -> None:
        super().__init__()
        self.path: str | None = None
        """Path of the innermost running module; None outside the model's forward."""
        self.stack: list[str | None] = []
        self.inside = False
        self.callbacks = dict(callbacks)
        self.around = {place: call for event, call in around.items() if (place := _place(event)) is not None}
        self.counts: dict[tuple[str, str], int] = {}
        self.names: dict[Callable[..., Any], str | None] = {}
        # Looked up on every call: a tuple hashes faster than a formatted string is built.
        self.wanted = {place for event in callbacks if (place := _place(event)) is not None}
        self.kernels = any(name.startswith("aten.") for _, name, _ in self.wanted)
        self.whole_modules = {path for path, name, _ in self.wanted if not name}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        path, name = self.path, None
        if path is not None:
            try:
                name = self.names[func]
            except KeyError:
                name = self.names[func] = None if is_question(func) else op_name(func)
        self.inside = True
        try:
            if path is not None and name is not None and (around := self._around(path, name)) is not None:
                result = around(args[0], lambda: func(*args, **(kwargs or {})), _in_place(func, args, kwargs or {}))
            else:
                result = func(*args, **kwargs) if kwargs else func(*args)
        finally:
            self.inside = False
        if path is not None and name is not None:
            self.announce(path, name, args[0] if name == "setitem" else result)
        return result

    def _around(self, path: str, name: str) -> Around | None:
        """Return what stands in the place of the call that comes now."""
        return self.around.get((path, name, self.counts.get((path, name), 0) + 1)) if self.around else None

    def announce(self, path: str, name: str, result: Any) -> None:
        single = isinstance(result, torch.Tensor)
        if not single and not (isinstance(result, tuple | list) and tensors_in(result)):
            return
        key = (path, name)
        count = self.counts[key] = self.counts.get(key, 0) + 1
        if (path, name, count) not in self.wanted:
            return
        if single:
            self.call(event_name(path, name, count), result)
            return
        for index, tensor in enumerate(tensors_in(result)):
            self.call(event_name(path, name, count, index), tensor)

    def call(self, event: str, tensor: torch.Tensor) -> None:
        callback = self.callbacks.get(event)
        if callback is not None:
            callback(tensor)

    def hooks(self, path: str) -> tuple[Callable[..., None], Callable[..., None]]:
        """Return what runs before and after a module; kept short, for it runs for every module of every forward."""
        stack, whole = self.stack, path in self.whole_modules

        def before(_module: nn.Module, _args: Any) -> None:
            if not path:
                # Also after a forward that was broken off, which leaves the rest of its stack.
                stack.clear()
                self.counts.clear()
                self.path = None
            stack.append(self.path)
            self.path = path

        def after(_module: nn.Module, _args: Any, result: Any) -> None:
            # While the path is None nothing that a callback computes is counted.
            self.path = None
            if whole:
                self.announce(path, "", result)
            self.path = stack.pop() if stack else None

        return before, after


class _Kernels(TorchDispatchMode):
    """Announces what reaches the kernels outside of any function call; slow, so only open where it is needed."""

    def __init__(self, announcer: _Announcer) -> None:
        super().__init__()
        self.announcer = announcer

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        path = self.announcer.path
        if path is not None and not self.announcer.inside:
            self.announcer.announce(path, f"aten.{op_name(func)}", result)
        return result


def _in_place(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a non-linearity overwrites its input; ``inplace`` is the last parameter of all that have it."""
    return args[-1] is True or kwargs.get("inplace") is True or raw_name(func).endswith("_")


def _place(event: str) -> Place | None:
    """Split an event's name into module path, operation and count."""
    path, _, rest = event.rpartition("/")
    name, mark, count = rest.partition("#")
    digits = count.partition("[")[0]
    return (path, name, int(digits)) if mark and digits.isdigit() else None


def tensors_in(value: Any) -> list[torch.Tensor]:
    """Return the tensors inside nested tuples, lists and mappings (also objects with attributes), in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, Mapping):
        return [tensor for item in value.values() for tensor in tensors_in(item)]
    if isinstance(value, tuple | list):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []


@contextmanager
def module_hooks(
    model: nn.Module,
    hooks: Callable[[nn.Module], tuple[Callable[..., None], Callable[..., None]]],
    *,
    kwargs: bool,
    without: Collection[nn.Module] = (),
) -> Generator[None]:
    """Call a pair of functions before and after every module's forward, whatever comes of it.

    ``hooks`` gives the pair for a module; ``kwargs`` says whether keyword arguments are handed on. The second one
    comes even when the forward fails (its result is then None). All hooks are gone at the end. The modules in
    ``without`` get none.
    """
    handles: list[RemovableHandle] = []
    try:
        for module in model.modules():
            # Compiled by TorchScript, a module runs no hooks; what happens inside is seen at the kernels.
            if isinstance(module, torch.jit.ScriptModule) or module in without:
                continue
            before, after = hooks(module)
            handles.append(module.register_forward_pre_hook(before, prepend=True, with_kwargs=kwargs))
            handles.append(module.register_forward_hook(after, with_kwargs=kwargs, always_call=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


def unwatched() -> AbstractContextManager[None]:
    """Keep what is computed inside from being announced: being looked at costs every call, even every ``.shape``."""
    return torch._C.DisableTorchFunction()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


@contextmanager
def eager(model: nn.Module) -> Generator[None]:
    """Run modules that are compiled inside the model as their user wrote them."""
    with ExitStack() as stack:
        # Asking for a stance imports the compiler, which takes seconds: only where something is compiled.
        if has_compiled(model):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


@contextmanager
def watch_layers(
    model: nn.Module,
    callbacks: Mapping[str, Callback],
    *,
    around: Mapping[str, Around] | None = None,
    begun: bool = False,
    evaluating: bool = False,
) -> Generator[None]:
    """While open, call ``callbacks[event](output)`` right after the layer of that `Layer.event` ran.

    The output is the tensor itself, before any later in-place operation changes it, with its graph when gradients
    are on. Counters restart at each forward of the model. Nothing stays attached afterwards.

    Args:
        model: The network, wrapped or not; call `unwrap(model)` inside.
        callbacks: What to call, per event name.
        around: What to call in the place of a non-linearity, per event name, with its input and what runs it.
        begun: Whether the model's forward has begun already: for a pre-hook of the model itself that opens this.
        evaluating: Whether the model stays in evaluation while open. What PyTorch's own modules do inside is then
            known, and those whose output is waited for are watched by one plain hook each, which costs less.

    Raises:
        ModelError: When the model is not an ``nn.Module``.

    """
    inner = unwrap(model)
    paths = module_paths(inner)
    around = around or {}
    events = {*callbacks, *around}
    places = {event: place for event in events if (place := _place(event)) is not None}
    known = evaluating and len(places) == len(events) and not any("aten." in event for event in events)
    direct, idle = split_events(paths, places) if known else ({}, set[nn.Module]())
    rest = events - set(direct.values())
    announcer = _Announcer(
        {event: call for event, call in callbacks.items() if event in rest},
        {event: call for event, call in around.items() if event in rest},
    )
    outputs = {module: callbacks[event] for module, event in direct.items() if event in callbacks}
    replaced = {module: around[event] for module, event in direct.items() if event in around}
    with ExitStack() as stack:
        stack.enter_context(eager(inner))
        stack.enter_context(_first_outputs(inner, outputs))
        stack.enter_context(_first_calls(inner, replaced))
        if rest or not known:
            # While the model's own hooks run, none may be added to it or taken away.
            without = {*idle, inner} if begun else idle
            hooks = module_hooks(inner, lambda module: announcer.hooks(paths[module]), kwargs=False, without=without)
            stack.enter_context(hooks)
            stack.enter_context(announcer)
        if announcer.kernels:
            stack.enter_context(_Kernels(announcer))
        if begun:
            before, _ = announcer.hooks("")
            before(inner, ())
        yield


@contextmanager
def _first_outputs(model: nn.Module, callbacks: Mapping[nn.Module, Callback]) -> Generator[None]:
    """Call back with what these modules return the first time in each forward of the model."""
    fired: set[nn.Module] = set()

    def after(module: nn.Module, _args: Any, result: Any) -> None:
        if module not in fired:
            fired.add(module)
            with unwatched():
                callbacks[module](result)

    def restart(_module: nn.Module, _args: Any) -> None:
        fired.clear()

    handles: list[RemovableHandle] = []
    try:
        if callbacks:
            handles.append(model.register_forward_pre_hook(restart, prepend=True))
            handles.extend(module.register_forward_hook(after) for module in callbacks)
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _first_calls(model: nn.Module, around: Mapping[nn.Module, Around]) -> Generator[None]:
    """Have something else stand in the place of these modules' forward, the first time in each forward of the model."""
    fired: set[nn.Module] = set()

    def replaced(module: nn.Module, instead: Around) -> Callable[[torch.Tensor], torch.Tensor]:
        own, in_place = module.forward, bool(getattr(module, "inplace", False))

        def forward(values: torch.Tensor) -> torch.Tensor:
            if module in fired:
                return own(values)
            fired.add(module)
            with unwatched():
                return instead(values, lambda: own(values), in_place)

        return forward

    def restart(_module: nn.Module, _args: Any) -> None:
        fired.clear()

    handle = model.register_forward_pre_hook(restart, prepend=True) if around else None
    try:
        for module, instead in around.items():
            vars(module)["forward"] = replaced(module, instead)
        yield
    finally:
        for module in around:
            vars(module).pop("forward", None)
        if handle is not None:
            handle.remove()
