"""What recording costs: a training with the recorder beside the plain one, and beside logging histograms.

All ways take turns on the same network, images and order, block by block, in one process on one thread, and their
processor time is compared: what else the machine does then matters little. The histograms are made as loggers make
them: of every weight and every gradient (64 bins, by torch), as `wandb.watch(log="all")` does every 100 steps, and of
every weight and gradient by TensorBoard's own bins, every step, where the package is there; without it its work is
imitated with numpy's histogram on the same bins.
"""

import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _table import Row, arguments, report
from torch import nn
from torch.nn import functional

from cnnvis import Recorder

BATCH, SIZE, CLASSES = 64, 32, 10


class Block(nn.Module):
    """A residual block."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside)
        self.conv2, self.norm2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside)
        same = stride == 1 and inside == outside
        self.short = nn.Identity() if same else nn.Conv2d(inside, outside, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.relu(self.norm1(self.conv1(x)))
        return functional.relu(self.norm2(self.conv2(y)) + self.short(x))


def network() -> nn.Module:
    """Return ResNet-20 for 32 x 32 images, always the same."""
    torch.manual_seed(0)
    blocks: list[nn.Module] = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for stage, outside in enumerate((16, 32, 64)):
        for number in range(3):
            blocks.append(Block(width, outside, 2 if stage and not number else 1))
            width = outside
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, CLASSES))


def data(images: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, CLASSES, (images,), generator=generator)
    noise = torch.randn(images, 3, SIZE, SIZE, generator=generator)
    return noise + labels[:, None, None, None] / CLASSES, labels


class Training:
    """One training that can go on for some steps at a time."""

    def __init__(self, after: Callable[[nn.Module, torch.Tensor, int], None] | None = None) -> None:
        self.model = network()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)
        self.images, self.labels = data(2048)
        self.after = after
        self.steps = 0
        self.seconds = 0.0

    def go_on(self, steps: int) -> None:
        begun = time.process_time()
        self.model.train()
        for _ in range(steps):
            rows = (torch.arange(BATCH) + self.steps * BATCH) % len(self.images)
            loss = functional.cross_entropy(self.model(self.images[rows]), self.labels[rows])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.steps += 1
            if self.after is not None:
                self.after(self.model, loss, self.steps)
        self.seconds += time.process_time() - begun

    def weights(self) -> bytes:
        return b"".join(value.numpy().tobytes() for value in self.model.state_dict().values())


def like_wandb(every: int) -> Callable[[nn.Module, torch.Tensor, int], None]:
    """Return what makes 64-bin histograms of all weights and gradients every so many steps."""

    def after(model: nn.Module, _loss: torch.Tensor, step: int) -> None:
        if step % every:
            return
        for parameter in model.parameters():
            for values in (parameter.detach(), parameter.grad):
                if values is not None:
                    low, high = torch.aminmax(values)
                    torch.histc(values, 64, float(low), float(high)).tolist()

    return after


def tensorboard(folder: Path) -> tuple[str, Callable[[nn.Module, torch.Tensor, int], None]]:
    """Return TensorBoard's histograms of every step, or an imitation, and which it is."""
    if importlib.util.find_spec("tensorboard") is not None:
        writer: Any = importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(folder))

        def write(model: nn.Module, _loss: torch.Tensor, step: int) -> None:
            for name, parameter in model.named_parameters():
                writer.add_histogram(name, parameter, step)
                writer.add_histogram(f"{name}.grad", parameter.grad, step)

        return "TensorBoard", write
    positive = [1e-12]
    while positive[-1] < 1e20:
        positive.append(positive[-1] * 1.1)
    bins = np.array([-value for value in reversed(positive)] + [0.0, *positive])

    def imitate(model: nn.Module, _loss: torch.Tensor, _step: int) -> None:
        for parameter in model.parameters():
            for values in (parameter.detach(), parameter.grad):
                if values is not None:
                    np.histogram(values.numpy().ravel(), bins=bins)

    return "TensorBoard (imitated)", imitate


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--steps", type=int, default=1200, help="steps of each training")
    parser.add_argument("--probe", type=int, default=200, help="probe images")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        board, write = tensorboard(folder / "board")
        plain, recorded = Training(), Training()
        others = {
            "like wandb.watch, every 100 steps": Training(like_wandb(100)),
            f"{board}, every step": Training(write),
        }
        images, labels = data(chosen.probe)
        plain.go_on(3)  # the first steps pay for allocations that all share
        plain = Training()
        begun = time.process_time()
        rec = Recorder(recorded.model, recorded.optimizer, to=folder / "run", probe=(images, labels), progress=False)
        rec.start()
        recorded.seconds += time.process_time() - begun
        recorded.after = lambda _model, loss, _step: rec.step(loss)
        block, ways = 20, [plain, recorded, *others.values()]
        for number in range(chosen.steps // block):
            # Each way is paused while the others run: the recorder's own clock must not see that time.
            for way in ways[number % len(ways) :] + ways[: number % len(ways)]:
                before = time.perf_counter()
                way.go_on(block)
                if way is not recorded:
                    rec.pause(time.perf_counter() - before)
        begun = time.process_time()
        rec.close()
        recorded.seconds += time.process_time() - begun
        assert recorded.weights() == plain.weights(), "the recorder changed the training"
        print(rec.cost)
        share = recorded.seconds / plain.seconds - 1
        rows = [
            Row(name="plain training", value=plain.seconds, unit="s", target=None),
            Row(name="recorder, snapshots included", value=100 * share, unit="%", target=5.0),
            Row(name="recorder, by its own account", value=100 * rec.cost.share, unit="%", target=5.0),
            Row(name="steps measured layer by layer", value=rec.cost.measured, unit="", target=None),
            Row(name="snapshots", value=rec.cost.snapshots, unit="", target=None),
        ]
        for title, way in others.items():
            value = 100 * (way.seconds / plain.seconds - 1)
            rows.append(Row(name=title, value=value, unit="%", target=None))
        report(rows, chosen.json)


if __name__ == "__main__":
    main()
