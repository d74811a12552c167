"""One measured step: hooks while it runs, numbers at its end, nothing left behind."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, cast

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.utils.hooks import RemovableHandle

from cnnvis.observe.record.activations import ActivationWatch, Seen
from cnnvis.observe.record.first_place import Call, FirstPlace, copied
from cnnvis.observe.record.gather import Gathered
from cnnvis.observe.record.images import MOST_CLASSES, Fingerprints, Repeats, image_in, look_at_input, look_at_output
from cnnvis.observe.record.norms import NormWatch
from cnnvis.observe.record.optimizers import Optimizer, OptimizerWatch
from cnnvis.observe.record.report import Found
from cnnvis.observe.record.shield import Shield, unmoved
from cnnvis.observe.record.weights import UnitWeights, batch_norms, unit_weights, weight_numbers
from cnnvis.observe.trace.outputs import logits_of
from cnnvis.observe.trace.unwrap import has_compiled, is_compiled, unwrap
from cnnvis.observe.trace.watch import watch_layers
from cnnvis.schema.graph import LayerGraph


class Measurer:
    """Looks at a training from its hooks.

    Args:
        model: The network as it is called in the training, wrappers included.
        optimizers: All that train it.
        shield: Keeps failures away from the training.
        output: Which entry of a tuple or dict output holds the logits.

    """

    def __init__(
        self, model: nn.Module, optimizers: tuple[Optimizer, ...], shield: Shield, *, output: str | None = None
    ) -> None:
        self.model = unwrap(model)
        self.shield = shield
        self.gathered = Gathered()
        self.compiled = has_compiled(model)
        self.wrapped = any(isinstance(module, DataParallel | DistributedDataParallel) for module in _wrappers(model))
        self.blind = self.compiled or any(isinstance(module, DataParallel) for module in _wrappers(model))
        """Whether the training's own passes cannot be looked into: the probe images are shown to the model instead."""
        self.norms = NormWatch(batch_norms(self.model), self.gathered, shield)
        self.first_place = FirstPlace(self.model, shield, lambda: self._last)
        stepping = self.first_place.stepping
        self.optimizers = OptimizerWatch(optimizers, lambda: self.weights, self.gathered, shield, stepping)
        self.weights: tuple[UnitWeights | None, ...] = ()
        self.batches = 0
        """Training passes in this step, and the images in them."""
        self.images = 0
        self.own_losses: list[torch.Tensor] = []
        """Losses that the model's own outputs held in this step, as models of Hugging Face give them."""
        self.half = False
        """Whether the step that is measured computes in float16."""
        self.in_probe: float | None = None
        self.first_batches: list[torch.Tensor] | None = None
        """Where training images are kept as long as there is no probe set."""
        self.images_in_all: float | None = None
        """Images that are trained on, by how often the first ones came again."""
        self.fingerprints: Fingerprints | None = None
        self._repeats = Repeats()
        self._output = output
        self._root = _hooked(model)
        self._activations: ActivationWatch | None = None
        self._callbacks: Mapping[str, Callable[[torch.Tensor], None]] = {}
        self._handles: list[RemovableHandle] = []
        self._measuring = self._running = False
        self._open = ExitStack()
        self._unclipped: dict[nn.Parameter, torch.Tensor] = {}
        self._open_hooks: list[RemovableHandle] = []
        self._last: Call | None = None
        """What the model was called with last, and, as of the last measured step, its modules in evaluation."""
        self._resting: list[nn.Module] = []

    def know(self, graph: LayerGraph, *, alone: bool = False) -> None:
        """Take the layers to measure; only a process that is alone may run the network on its own account."""
        self._activations = ActivationWatch(graph, self.gathered, self.shield)
        self._callbacks = self._activations.callbacks()
        self.weights = unit_weights(self.model, graph)
        if alone and self._root is not None:
            self.first_place.begin(graph, self.weights)

    def attach(self) -> None:
        """Begin to watch model and optimizers."""
        self.optimizers.attach()
        if self._root is not None:
            self._handles.append(self._root.register_forward_pre_hook(self._enter, with_kwargs=True))
            self._handles.append(self._root.register_forward_hook(self._leave, with_kwargs=True, always_call=True))

    def detach(self) -> None:
        """Leave model and optimizers as they were."""
        self.optimizers.detach()
        self._look_away()
        while self._handles:
            self._handles.pop().remove()
        self._stop_unclipped()

    def start(self, *, measuring: bool) -> None:
        """Begin a step."""
        self._measuring = measuring
        self.batches = self.images = 0
        self.own_losses = []
        self.half = False
        self.in_probe = self.images_in_all = None
        self.optimizers.start(measuring=measuring)
        if measuring and not self.blind and not self.wrapped:
            self._unclipped = {}
            self._start_unclipped()

    def finish(self, probe: torch.Tensor | None) -> tuple[Found, Seen]:
        """End a measured step and return what was seen."""
        self._stop_unclipped()
        for place, own in enumerate(self.weights):
            if own is None:
                continue
            # Where no optimizer did it before.
            self.gathered.add("weight", place, weight_numbers(own, own.weight.detach(), self.gathered.scratch))
            if own.bias is not None:
                self.gathered.add("bias", place, own.bias.detach().float().mean())
            if own.weight in self._unclipped:
                self.gathered.add("unclipped", place, self._unclipped[own.weight])
        if self._unclipped:
            norms = [norm.cpu() for norm in self._unclipped.values()]
            self.gathered.add("unclipped_all", 0, torch.linalg.vector_norm(torch.stack(norms)))
        if self.blind and probe is not None:
            self._show(probe)
        found = self.gathered.fetch()
        activations = self._activations or ActivationWatch(_NOTHING, self.gathered, self.shield)
        return found, activations.seen(found)

    def look_again(self, probe: torch.Tensor | None) -> tuple[Found, Seen] | None:
        """Look at the network as it is now, on the batch that it saw last, without gradients: its state at the end.

        None where that is not possible: without a batch, or in processes that would wait for each other.
        """
        if self._activations is None or (self._last is None and not self.blind):
            return None
        if self.blind:
            return None if probe is None else self.finish(probe)
        args, kwargs = self._last or ((), {})
        images = image_in(args, kwargs)
        if images is None:
            return None
        self._unclipped = {}
        look_at_input(images, self.gathered)
        with unmoved(self.model):
            self.model.train()  # a validation may be behind it
            for module in self._resting:
                module.training = False
            self._activations.images, self._activations.gradients = len(images), False
            try:
                with watch_layers(self.model, self._callbacks):
                    result = self.model(*copied(args), **copied(kwargs))
            finally:
                self._activations.images = 0
            self._look_at_result(result)
        return self.finish(None)

    def let_go(self) -> None:
        """Forget the user's tensors."""
        self._last = None

    def _enter(self, _module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # A pass without gradients is a validation.
        if not torch.is_grad_enabled() or self._running or "measuring" in self.shield.off:
            return
        with self.shield.guarded("measuring"):
            images = image_in(args, kwargs)
            if images is None:
                return
            self.batches += 1
            self.images += len(images)
            self._last = args, kwargs
            if self.first_batches is not None:
                self.first_batches.append(images.detach().clone())
            if not self._measuring or self.batches > 1:
                return
            self._running = True
            self.half = _in_half(images.device.type)
            self._resting = [module for module in self.model.modules() if not module.training]
            look_at_input(images, self.gathered)
            self.images_in_all = self._repeats.look(images)
            if self.fingerprints is not None:
                self.in_probe = self.fingerprints.share(images)
            if self._activations is not None and not self.blind:
                self._activations.images = len(images)
                self._activations.gradients = True
                self.norms.attach()
                self._open.enter_context(watch_layers(self.model, self._callbacks, begun=True))

    def _leave(self, _module: nn.Module, _args: Any, _kwargs: Any, result: Any) -> None:
        if isinstance(result, Mapping) and torch.is_grad_enabled():
            loss = cast("Mapping[str, object]", result).get("loss")
            if isinstance(loss, torch.Tensor) and loss.requires_grad:
                self.own_losses.append(loss)
        if self._running:
            self._look_away()
            with self.shield.guarded("measuring"):
                self._look_at_result(result)
        if torch.is_grad_enabled():
            self.first_place.passed(result)

    def _look_at_result(self, result: Any) -> None:
        """Look at the class scores in what the model returned: nothing, where its forward failed."""
        logits = None if result is None else logits_of(result, self._output)
        self.half = self.half or (logits is not None and logits.dtype is torch.float16)
        if logits is not None and 1 < logits.shape[1] <= MOST_CLASSES:
            look_at_output(logits, self.gathered, self.shield)

    def _look_away(self) -> None:
        self._running = False
        if self._activations is not None:
            self._activations.images = 0
        self.norms.detach()
        self._open.close()

    def _show(self, probe: torch.Tensor) -> None:
        """Run the model as its user wrote it on some probe images, in evaluation, and measure that."""
        activations = self._activations
        if activations is None:
            return
        first = next(self.model.parameters(), None)
        images = probe if first is None else probe.to(first.device, first.dtype)
        with unmoved(self.model):
            self.model.eval()
            activations.images, activations.gradients = len(images), False
            try:
                with watch_layers(self.model, self._callbacks):
                    self.model(images)
            finally:
                activations.images = 0

    def _start_unclipped(self) -> None:
        for parameter in self.model.parameters():
            if parameter.requires_grad and parameter.is_leaf:
                hook = self.shield.wrapped(self._note_unclipped)
                self._open_hooks.append(parameter.register_post_accumulate_grad_hook(hook))

    def _stop_unclipped(self) -> None:
        while self._open_hooks:
            self._open_hooks.pop().remove()

    def _note_unclipped(self, parameter: torch.Tensor) -> None:
        if isinstance(parameter, nn.Parameter) and parameter.grad is not None and not parameter.grad.is_sparse:
            self._unclipped[parameter] = torch.linalg.vector_norm(parameter.grad, dtype=torch.float32)


_NOTHING = LayerGraph(layers=(), edges=(), units=())


def _wrappers(model: nn.Module) -> list[nn.Module]:
    """Return what stands around the network, outermost first, and the network."""
    found = [model]
    while True:
        outer = found[-1]
        if isinstance(outer, DataParallel | DistributedDataParallel):
            found.append(outer.module)
        elif type(outer).__name__ == "OptimizedModule":
            found.append(outer.get_submodule("_orig_mod"))
        else:
            return found


def _in_half(device: str) -> bool:
    """Whether autocast computes in float16 now; bfloat16 needs no scaled loss."""
    return torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device) is torch.float16


def _hooked(model: nn.Module) -> nn.Module | None:
    """Return the module on which hooks run outside of compiled code; None when there is none."""
    for module in _wrappers(model):
        if type(module).__name__ == "OptimizedModule":
            return module
    inner = unwrap(model)
    # Compiled in place: a hook would become part of what is compiled.
    return None if is_compiled(inner) else inner
