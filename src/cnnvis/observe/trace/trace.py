"""From an eager module and an example input to its layer graph (design: trace)."""

import random
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnvis.observe.model_input import Example, ModelInput, input_dtype
from cnnvis.observe.trace.layers import Node, Source, build_nodes, make_layers, name_nodes
from cnnvis.observe.trace.outputs import choose_output, named_outputs
from cnnvis.observe.trace.record import DispatchMode, FunctionMode, Recorder
from cnnvis.observe.trace.units import find_units
from cnnvis.observe.trace.unwrap import module_paths, unwrap
from cnnvis.observe.trace.watch import eager, module_hooks
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import LayerGraph, TraceFailure


def trace(model: nn.Module, example: Example, *, output: str | int | None = None) -> LayerGraph:
    """Run the eager model once on an example and return what happened as a layer graph.

    The model is run in evaluation mode without gradients; training mode, random state and hooks are as before
    afterwards. A forward that fails gives the partial graph with its `failure`.

    Args:
        model: Any ``nn.Module``; ``torch.compile`` and ``DataParallel`` wrappers are taken off.
        example: Input with a batch of 1 or 2: a tensor, positional arguments as a tuple, or keyword arguments. Numbers
            with a fraction are given to the model in the format that it computes in.
        output: Name or index of the logits, when the model returns several tensors.

    Raises:
        ModelError: When the model is no module, the example holds no tensor, or the output is not there.

    """
    found = follow(model, example, Recorder(), output=output)
    layers, edges = make_layers(found.nodes)
    notes = list(found.notes)
    if found.failure is None and found.output is None:
        notes.append("The output does not depend on the input by any operation that could be followed.")
    return LayerGraph(
        layers=tuple(layers),
        edges=tuple(edges),
        units=tuple(find_units(layers, edges)),
        output=None if found.output is None else found.nodes[found.output].id,
        failure=found.failure,
        notes=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class Followed:
    """The operations of one forward pass that the image reaches, with the ids of their layers."""

    nodes: dict[Source, Node]
    output: Source | None
    """The node that gives the logits."""
    failure: TraceFailure | None
    notes: tuple[str, ...]


def follow(model: nn.Module, example: Example, recorder: Recorder, *, output: str | int | None = None) -> Followed:
    """Run the eager model once under ``recorder`` and name what happened; arguments and errors as for `trace`."""
    inner = unwrap(model)
    inputs = own_inputs(inner, example)
    with undisturbed(inner):
        _give_shapes(inner, inputs)
        result, failure = _run(inner, recorder, inputs)
    given = [op for op in recorder.ops if op.name == "input"]
    image = next(op for op in given if op.outputs[0] is inputs.image).index
    nodes, notes = build_nodes(recorder.ops, image)
    chosen = None
    if failure is None:
        chosen, told = choose_output(result, output)
        notes += told
        nodes = _without_loose_ends(nodes, [recorder.owner(tensor) for tensor in named_outputs(result).values()])
    name_nodes(nodes)
    owner = None if chosen is None else recorder.owner(chosen)
    return Followed(nodes, owner, failure, tuple(notes))


def require_complete(graph: LayerGraph) -> LayerGraph:
    """Return the graph if the model's forward ran to its end.

    Raises:
        ModelError: With the module in which the forward failed and what it said.

    """
    if graph.failure is None:
        return graph
    where = f"in module {graph.failure.path}" if graph.failure.path else "in the model's own forward"
    raise ModelError(
        f"The model's forward pass failed {where}: {graph.failure.message}.",
        "Check that the input shape and the preprocessing are those the model was trained with.",
    )


def own_inputs(model: nn.Module, example: Example) -> ModelInput:
    """Return a copy of an example on the model's device and in its format, which the model may work on in place.

    Raises:
        ModelError: When the example holds no tensor.

    """
    inputs = ModelInput.of(example)
    if not inputs.tensors():
        raise ModelError(
            f"The example input must hold at least one tensor, but a value of type {type(example).__name__} came.",
            "Pass a tensor, a tuple of positional arguments or a dict of keyword arguments.",
        )
    first = next(model.parameters(), None)
    return inputs.mapped(torch.detach).cloned().to(None if first is None else first.device, input_dtype(model))


@contextmanager
def undisturbed(model: nn.Module) -> Generator[None]:
    """Evaluation mode without gradients; everything is put back at the end."""
    modes = {module: module.training for module in model.modules()}
    state = random.getstate()
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    try:
        model.eval()
        with torch.random.fork_rng(devices), torch.no_grad(), eager(model):
            yield
    finally:
        random.setstate(state)
        for module, mode in modes.items():
            module.training = mode


def _give_shapes(model: nn.Module, inputs: ModelInput) -> None:
    """Let lazy modules find out the shapes of their weights, which they do in their first forward pass."""
    if any(isinstance(weight, nn.parameter.UninitializedParameter) for weight in model.parameters()):
        with suppress(Exception):  # a model that fails does so again, where it is looked at
            inputs.cloned().call(model)


def _run(model: nn.Module, recorder: Recorder, inputs: ModelInput) -> tuple[Any, TraceFailure | None]:
    for tensor in inputs.tensors():
        recorder.add_input(tensor)
    paths = module_paths(model)
    functions = FunctionMode(recorder)
    hooks = module_hooks(model, lambda module: recorder.hooks(paths[module]), kwargs=True)
    try:
        with hooks, DispatchMode(recorder, functions), functions:
            return inputs.call(model), None
    except Exception as error:  # noqa: BLE001 - the user's own code runs here and may raise anything
        return None, TraceFailure(_place(recorder, error), _message(error))


def _place(recorder: Recorder, error: BaseException | None) -> str:
    """Return the innermost module in which an error, or the first of those it came from, was raised."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    known = [path for found in reversed(chain) for failed, path in recorder.failures if failed is found]
    return known[0] if known else ""


def _message(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _without_loose_ends(
    nodes: dict[tuple[int, int], Node], results: list[tuple[int, int] | None]
) -> dict[tuple[int, int], Node]:
    """Drop what leads nowhere and has no weights: conditions, unused halves, lengths that were computed."""
    wanted = {result for result in results if result is not None}
    for key in reversed(list(nodes)):
        node = nodes[key]
        if key in wanted or node.kind in ("input", "conv", "linear", "norm"):
            wanted.add(key)
            wanted.update(node.sources)
    return {key: node for key, node in nodes.items() if key in wanted}
