"""Runs one training of the suite under the recorder."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.record import Recorder
from faults.images import Images, load
from faults.networks import Plan, build
from faults.setup import Setup

VALIDATED = 256
EVERY = 4
"""Steps between measured ones."""


class _Log(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.log(x - x.mean())


class _Detach(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.detach()


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
    data = _data(setup, load(setup.data))
    net = _network(setup, data)
    optimizer = _optimizer(setup, net)
    scaler = torch.amp.GradScaler("cpu") if setup.half else None
    steps = max(1, setup.steps)
    recorder = Recorder(
        net, optimizer, to=folder, probe=(data.held_inputs * setup.probe_scale, data.held_labels), every=EVERY,
        snapshots=(steps // 2, steps), overwrite=True, progress=False, scaler=scaler,
        class_names=[f"class {number}" for number in range(setup.classes)],
    )  # fmt: skip
    rng = torch.Generator().manual_seed(setup.seed + 1)
    order = torch.empty(0, dtype=torch.int64)
    with recorder:
        for step in range(1, steps + 1):
            for group in optimizer.param_groups:
                group["lr"] = setup.rate * _factor(setup.schedule, step, steps)
            if len(order) < setup.batch:
                order = torch.randperm(len(data.labels), generator=rng)
                if setup.sorted:
                    order = data.labels.argsort()
            chosen, order = order[: setup.batch], order[setup.batch :]
            _disturb(setup, net, step)
            net.train()
            if setup.norm_eval:
                _norms_to_eval(net)
            with torch.autocast("cpu", torch.float16, enabled=setup.half):
                outputs = net(_batch(setup, data.inputs[chosen], step, rng))
            loss = _loss(setup, outputs.float(), data.labels[chosen])
            optimizer.zero_grad()
            _update(setup, net, optimizer, loss, scaler)
            right = (outputs.detach().argmax(1) == data.labels[chosen]).float().mean()
            metrics = {"train/accuracy": float(right)}
            if step % max(1, steps // 10) == 0:
                metrics |= _validation(setup, net, data)
            recorder.step(loss, metrics=metrics)


def _validation(setup: Setup, net: nn.Module, data: _Data) -> dict[str, float]:
    net.eval()
    with torch.no_grad():
        scores = net(data.held_inputs)
    right = (scores.argmax(1) == data.held_labels).float().mean()
    return {"val/loss": float(_loss(setup, scores, data.held_labels)), "val/accuracy": float(right)}


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
    held = prepared(images.held_inputs, images.held_labels, VALIDATED)
    if setup.leak:
        held = inputs[:VALIDATED], labels[:VALIDATED]
    return _Data(inputs, labels, *held)


def _network(setup: Setup, data: _Data) -> nn.Module:
    plan = Plan(
        channels=data.inputs.shape[1], classes=setup.classes, width=setup.width, depth=setup.depth,
        activation=setup.activation, dropout=setup.dropout, fresh=setup.fresh, normed="normed" in setup.network,
    )  # fmt: skip
    net = build(setup.network, plan)
    modules = dict(net.named_modules())
    with torch.no_grad():
        for path, module in modules.items():
            if isinstance(module, nn.Conv2d | nn.Linear):
                if not setup.where or path in setup.where:
                    module.weight *= setup.gain
                if setup.same > 1 and "head" not in path and "scores" not in path:
                    _repeat(module, setup.same)
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = setup.norm_momentum
                module.running_var.fill_(setup.norm_foreign**-2)
        if setup.bias and not setup.when:
            _shift_bias(setup, net)
    for path, parameter in net.named_parameters():
        if any(path.startswith(name) for name in setup.frozen):
            parameter.requires_grad_(requires_grad=False)
    _insert(net, setup)
    return net if not (setup.softmax or setup.rectified_logits) else _Ended(net, softmax=setup.softmax)


class _Ended(nn.Module):
    """A network whose outputs go through something that they should not."""

    def __init__(self, net: nn.Module, *, softmax: bool) -> None:
        super().__init__()
        self.net = net
        self.end = nn.Softmax(1) if softmax else nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.end(self.net(x))


def _insert(net: nn.Module, setup: Setup) -> None:
    for path, kind in ((setup.log_at, _Log), (setup.detached, _Detach)):
        if path:
            parent, _, name = path.rpartition(".")
            owner = net.get_submodule(parent)
            setattr(owner, name, nn.Sequential(owner.get_submodule(name), kind()))


def _repeat(module: nn.Conv2d | nn.Linear, same: int) -> None:
    """Make sets of neurons equal in what comes in; what goes out is equal too, so that they stay equal in training."""
    weight = module.weight
    outputs = len(weight) // same * same
    weight[:outputs] = weight[:outputs:same].repeat_interleave(same, 0).clone()
    inputs = weight.shape[1] // same * same
    if isinstance(module, nn.Conv2d) and weight.shape[1] > 3:
        weight[:, :inputs] = weight[:, :inputs:same].repeat_interleave(same, 1).clone()


def _shift_bias(setup: Setup, net: nn.Module) -> None:
    for path in setup.where:
        module = net.get_submodule(path)
        module.bias.data += setup.bias  # pyright: ignore[reportAttributeAccessIssue]


def _optimizer(setup: Setup, net: nn.Module) -> torch.optim.Optimizer:
    left = [
        parameter for path, parameter in net.named_parameters()
        if parameter.requires_grad and not any(path.startswith(name) for name in setup.unoptimized)
    ]  # fmt: skip
    if setup.optimizer == "sgd":
        return torch.optim.SGD(left, lr=setup.rate, momentum=setup.momentum, weight_decay=setup.decay)
    kind = torch.optim.AdamW if setup.optimizer == "adamw" else torch.optim.Adam
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
    return 1.0


def _disturb(setup: Setup, net: nn.Module, step: int) -> None:
    if setup.bias and step == setup.when:
        with torch.no_grad():
            _shift_bias(setup, net)


def _norms_to_eval(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


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
        each = functional.cross_entropy(outputs, labels, reduction="none" if setup.class_weight > 1 else "mean")
        loss = torch.where(labels == 0, each, each / setup.class_weight).mean() if setup.class_weight > 1 else each
    elif setup.loss == "nll":
        loss = functional.nll_loss(outputs, labels)
    else:
        wanted = functional.one_hot(labels, outputs.shape[1]).float()
        given = {
            "mse": functional.mse_loss,
            "l1": functional.l1_loss,
            "bce": functional.binary_cross_entropy_with_logits,
        }[setup.loss]
        loss = given(outputs, wanted)
    return loss * setup.loss_scale


def _update(
    setup: Setup, net: nn.Module, optimizer: torch.optim.Optimizer, loss: torch.Tensor,
    scaler: torch.amp.GradScaler | None,
) -> None:  # fmt: skip
    if not loss.requires_grad:
        return
    (loss if scaler is None else scaler.scale(loss)).backward()
    if setup.clip:
        nn.utils.clip_grad_norm_(net.parameters(), setup.clip)
    if scaler is None:
        optimizer.step()
    else:
        scaler.step(optimizer)
        scaler.update()
