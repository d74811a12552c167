"""Runs one training of the suite under the recorder, at the recorder's defaults."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from cnnvis.compose.recorder import Recorder
from faults.images import HELD_OUT, Images, load
from faults.network import disturb, network, norms_to_eval
from faults.setup import Setup

VALIDATIONS = 10


@dataclass(eq=False)
class _Data:
    inputs: torch.Tensor
    labels: torch.Tensor
    held_inputs: torch.Tensor
    held_labels: torch.Tensor


def run(setup: Setup, folder: Path) -> None:
    """Train and record into a run folder."""
    torch.manual_seed(setup.seed)
    torch.set_num_threads(1)
    images = load(setup.data)
    data = _data(setup, images)
    net = network(setup, channels=data.inputs.shape[1], size=data.inputs.shape[2])
    if setup.pretrained:
        _pretrain(setup, net, images)
    disturb(setup, net, 0)
    optimizer = _optimizer(setup, net)
    scaler = torch.amp.GradScaler("cpu") if setup.half else None
    recorder = Recorder(
        net, optimizer, to=folder, probe=(data.held_inputs * setup.probe_scale, data.held_labels), overwrite=True,
        progress=False, scaler=scaler, class_names=[f"class {number}" for number in range(setup.classes)],
    )  # fmt: skip
    with recorder:
        _train(_Loop(setup, net, data, optimizer, scaler), recorder)


class _Loop:
    """A training loop as people write it."""

    def __init__(
        self, setup: Setup, net: nn.Module, data: _Data, optimizer: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler | None,
    ) -> None:  # fmt: skip
        self.setup, self.net, self.data, self.optimizer, self.scaler = setup, net, data, optimizer, scaler
        self._rng = torch.Generator().manual_seed(setup.seed + 1)
        self._order = torch.empty(0, dtype=torch.int64)

    def pass_forward(self, step: int) -> tuple[torch.Tensor, float]:
        """Run a batch forward and backward; return its loss and the share predicted right."""
        setup = self.setup
        chosen = self._chosen()
        half = torch.bfloat16 if setup.bfloat else torch.float16
        with torch.autocast("cpu", half, enabled=setup.half or setup.bfloat):
            outputs = self.net(_batch(setup, self.data.inputs[chosen], step, self._rng))
        loss = _loss(setup, outputs.float(), self.data.labels[chosen])
        if loss.requires_grad:
            part = loss / setup.accumulate
            (part if self.scaler is None else self.scaler.scale(part)).backward()
        return loss, float((outputs.detach().argmax(1) == self.data.labels[chosen]).float().mean())

    def update(self, loss: torch.Tensor) -> None:
        """Do the optimizer's step."""
        if not loss.requires_grad:
            return
        if self.setup.clip:
            nn.utils.clip_grad_norm_(self.net.parameters(), self.setup.clip)
        if self.scaler is None:
            self.optimizer.step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()

    def _chosen(self) -> torch.Tensor:
        labels, batch = self.data.labels, self.setup.batch
        if len(self._order) < batch:
            self._order = torch.randperm(len(labels), generator=self._rng)
            if self.setup.sorted:
                self._order = labels.argsort()
        chosen, self._order = self._order[:batch], self._order[batch:]
        return chosen


def _train(loop: _Loop, recorder: Recorder | None) -> None:
    setup = loop.setup
    for step in range(1, setup.steps + 1):
        for group in loop.optimizer.param_groups:
            group["lr"] = setup.rate * _factor(setup.schedule, step, setup.steps)
        disturb(setup, loop.net, step)
        loop.net.train()
        if setup.norm_eval:
            norms_to_eval(loop.net)
        loop.optimizer.zero_grad()
        right: list[float] = []
        for part in range(setup.accumulate):
            loss, share = loop.pass_forward(step)
            right.append(share)
            if recorder is not None and part + 1 < setup.accumulate:
                recorder.step(loss)
        loop.update(loss)
        if recorder is not None:
            metrics = {"train/accuracy": sum(right) / len(right)} if setup.told else {}
            if setup.validated and step % max(1, setup.steps // VALIDATIONS) == 0:
                metrics |= _validation(setup, loop.net, loop.data)
            recorder.step(loss, metrics=metrics)


def _pretrain(setup: Setup, net: nn.Module, images: Images) -> None:
    healthy = Setup(
        data=setup.data, network=setup.network, seed=setup.seed, steps=setup.pretrained, classes=setup.classes,
        centred=setup.centred,
    )  # fmt: skip
    data = _data(healthy, images)
    _train(_Loop(healthy, net, data, _optimizer(healthy, net), None), None)


def _validation(setup: Setup, net: nn.Module, data: _Data) -> dict[str, float]:
    net.eval()
    with torch.no_grad():
        inputs, labels = data.held_inputs, data.held_labels
        if setup.same_metrics:
            inputs, labels = data.inputs, data.labels
        scores = net(inputs)
        found = {
            "val/loss": float(_loss(setup, scores, labels)),
            "val/accuracy": float((scores.argmax(1) == labels).float().mean()),
        }
        if setup.same_metrics:  # both numbers from one evaluation, as when a loader is handed over twice
            found |= {"train/epoch_loss": found["val/loss"], "train/epoch_accuracy": found["val/accuracy"]}
    return found


def _data(setup: Setup, images: Images) -> _Data:
    rng = torch.Generator().manual_seed(setup.seed + 2)

    def prepared(inputs: torch.Tensor, labels: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        few = labels < setup.classes
        inputs, labels = inputs[few], labels[few].clone()
        if setup.classes > 10:  # more classes than the data has: each is split by how bright its images are
            parts = setup.classes // 10
            bright = inputs.mean((1, 2, 3))
            for label in range(10):
                own = labels == label
                rank = bright[own].argsort().argsort()
                labels[own] = -1 - (label * parts + rank * parts // len(rank))
            labels = -1 - labels
        if setup.imbalance > 1:
            kept = (labels == 0) | (torch.rand(len(labels), generator=rng) < 1 / setup.imbalance)
            inputs, labels = inputs[kept], labels[kept]
        noisy = torch.rand(len(labels), generator=rng) < setup.label_noise
        labels[noisy] = torch.randint(0, setup.classes, (int(noisy.sum()),), generator=rng)
        mean, std = (inputs.mean(), inputs.std()) if setup.centred else (0.0, 1.0)
        inputs = (inputs - mean) / std * setup.input_scale + setup.input_shift
        return (torch.zeros_like(inputs) if setup.blank else inputs)[:count], labels[:count]

    inputs, labels = prepared(images.inputs, images.labels, setup.images)
    held = prepared(images.held_inputs, images.held_labels, HELD_OUT)
    if setup.leak:
        held = inputs[:HELD_OUT], labels[:HELD_OUT]
    return _Data(inputs, labels, *held)


def _optimizer(setup: Setup, net: nn.Module) -> torch.optim.Optimizer:
    for path, parameter in net.named_parameters():
        if any(path.startswith(name) for name in setup.frozen) or (
            setup.frozen_but and not any(path.startswith(name) for name in setup.frozen_but)
        ):
            parameter.requires_grad_(requires_grad=False)
    left = [
        parameter for path, parameter in net.named_parameters()
        if parameter.requires_grad and not any(path.startswith(name) for name in setup.unoptimized)
    ]  # fmt: skip
    if setup.optimizer == "sgd":
        return torch.optim.SGD(left, lr=setup.rate, momentum=setup.momentum, weight_decay=setup.decay)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}[setup.optimizer]
    return kind(left, lr=setup.rate, weight_decay=setup.decay)


def _factor(schedule: str, step: int, steps: int) -> float:
    part = step / steps
    if schedule == "warmup":
        return min(1.0, part / 0.2)
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * part))
    if schedule == "restarts":
        return 0.5 * (1 + math.cos(math.pi * (part * 3 % 1.0)))
    if schedule == "steps":
        return 0.1 ** int(part * 3)
    if schedule == "one-cycle":
        return part / 0.3 if part < 0.3 else 0.5 * (1 + math.cos(math.pi * (part - 0.3) / 0.7))
    if schedule == "linear":
        return 1.0 - part
    return 1.0


def _batch(setup: Setup, images: torch.Tensor, step: int, rng: torch.Generator) -> torch.Tensor:
    if setup.augment:
        dy, dx = torch.randint(-1, 2, (2,), generator=rng).tolist()
        images = images.roll((dy, dx), (2, 3))
    if setup.bad_pixel_step and step >= setup.bad_pixel_step:
        images = images.clone()
        images[0, 0, 0, 0] = math.nan
    return images


def _loss(setup: Setup, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if setup.loss == "cross_entropy":
        reduction = "none" if setup.class_weight > 1 else "mean"
        each = functional.cross_entropy(outputs, labels, reduction=reduction, label_smoothing=setup.smoothing)
        loss = torch.where(labels == 0, each, each / setup.class_weight).mean() if setup.class_weight > 1 else each
    elif setup.loss == "nll":
        loss = functional.nll_loss(outputs, labels)
    else:
        wanted = functional.one_hot(labels, outputs.shape[1]).float()
        given = {
            "mse": functional.mse_loss,
            "l1": functional.l1_loss,
            "huber": functional.huber_loss,
            "bce": functional.binary_cross_entropy_with_logits,
        }[setup.loss]
        loss = given(outputs, wanted)
    return loss * setup.loss_scale
