"""What goes into the model and what comes out, in one training batch."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from cnnvis.observe.model_input import image_likeness
from cnnvis.observe.record.gather import Gathered, Key
from cnnvis.observe.record.moments import bad
from cnnvis.observe.record.shield import Shield
from cnnvis.observe.trace.watch import tensors_in

LOOKED_AT = 1 << 20
"""Values of the input that its statistics are over."""
_MARKS = 64
KNOWN = 256
"""Training images that are recognised when they come again."""
MET_AGAIN = 8
"""Times that some must have come again before their number says how many there are: right within a third or so."""
MOST_CLASSES = 4096


def image_in(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> torch.Tensor | None:
    """Return the tensor that looks most like a batch of images; None when there is no tensor of numbers."""
    tensors = [tensor for tensor in tensors_in((args, dict(kwargs))) if tensor.is_floating_point() and tensor.dim()]
    return max(tensors, key=image_likeness, default=None)


def look_at_input(images: torch.Tensor, gathered: Gathered) -> None:
    """Gather mean and deviation per channel, extremes, and how many values are not finite."""
    some = images.detach()[: max(1, LOOKED_AT // max(1, images[0].numel()))].float()
    found = gathered.scratch.moments_by_channel(some if some.dim() > 2 else some.flatten()[:, None])
    gathered.add("input_mean", 0, found.mean)
    gathered.add("input_std", 0, found.deviation)
    low, high = torch.aminmax(some)
    gathered.add("input", 0, torch.stack([low, high, bad(some, torch.maximum(low.abs(), high.abs()))]))


class Fingerprints:
    """Recognises images of the probe set among the training images, by some of their values."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()
        self._size = 0
        self._places = torch.zeros(0, dtype=torch.int64)

    def add(self, images: torch.Tensor) -> None:
        """Learn to recognise these images; all must have one size."""
        if not len(images):
            return
        if not self._size:
            self._size = images[0].numel()
            rng = np.random.default_rng(0)
            self._places = torch.from_numpy(np.sort(rng.choice(self._size, min(_MARKS, self._size), replace=False)))
        if images[0].numel() == self._size:
            self._known.update(self._marks(images))

    def share(self, images: torch.Tensor) -> float | None:
        """Return which share of the images is known; None where that cannot be said."""
        if not self._known or not len(images) or images[0].numel() != self._size:
            return None
        marks = self._marks(images)
        return sum(mark in self._known for mark in marks) / len(marks)

    def _marks(self, images: torch.Tensor) -> list[bytes]:
        rows = images.detach().flatten(1)[:, self._places.to(images.device)].float().cpu().numpy()
        return [row.tobytes() for row in rows]


class Repeats:
    """Estimates how many images are trained on, from how often the first ones come again.

    Of N images each comes once per epoch. When some hundred are known, a known one is met with probability known / N;
    so N is about known x looked at / met again. Augmentation that changes the pixels hides repeats: N comes out too
    large, or not at all.
    """

    def __init__(self) -> None:
        self._known = Fingerprints()
        self._kept = self._looked = 0
        self._again = 0.0

    def look(self, images: torch.Tensor) -> float | None:
        """Take in some training images; return how many there are, None as long as too few came again."""
        share = self._known.share(images)
        if self._kept >= KNOWN and share is not None:
            self._looked += len(images)
            self._again += share * len(images)
            return self._kept * self._looked / self._again if self._again >= MET_AGAIN else None
        fresh = len(images) * (1.0 - (share or 0.0))
        self._kept += round(fresh)
        self._known.add(images)
        return None


def look_at_output(logits: torch.Tensor, gathered: Gathered, shield: Shield) -> None:
    """Gather what the outputs say, and where the gradient shows the labels, read them there."""
    values = logits.detach().float()
    chances = torch.softmax(values, dim=1)
    entropy = -(chances * chances.clamp_min(1e-30).log()).sum(1).mean()
    classes = values.shape[1]
    predicted = torch.bincount(values.argmax(1), minlength=classes)[:classes]
    low, high = torch.aminmax(values)
    gathered.add(
        "output",
        0,
        torch.stack(
            [
                entropy,
                chances.amax(1).mean(),
                predicted.amax() / len(values),
                low,
                high,
                (values == 0).float().mean(),
                (values.sum(1) - 1).abs().mean(),
                values.std(0, correction=0).mean(),
                values.numel() - torch.count_nonzero(torch.isfinite(values)).float(),
            ]
        ),
    )
    gathered.add("predicted", 0, predicted / len(values))
    if logits.requires_grad:
        answers = values.argmax(1)
        logits.register_hook(shield.wrapped(lambda gradient: _read_labels(gradient, answers, gathered)))


OUTPUT_NUMBERS = (
    "entropy", "confidence", "top_share", "minimum", "maximum", "zero", "sum_error", "deviation", "nonfinite",
)  # fmt: skip


def _read_labels(gradient: torch.Tensor, answers: torch.Tensor, gathered: Gathered) -> None:
    """Read labels where the gradient of an image's outputs is below 0 at one place only.

    So it is for cross-entropy and negative log-likelihood: softmax minus one-hot label.
    """
    below = gradient.detach() < 0
    known = below.sum(1) == 1
    labels = below.float().argmax(1)
    counts = torch.zeros(gradient.shape[1], device=gradient.device).index_add_(0, labels, known.float())
    right = ((labels == answers) & known).float().sum()
    gathered.add("labels", 0, counts)
    gathered.add("right", 0, torch.stack([right, known.float().sum()]))


def loss_functions(loss: object, most: int = 10) -> tuple[str, ...]:
    """Return the names of the operations that a loss came from, last first, along its first operands.

    Divisions and products with numbers (averaging, accumulation, loss scales) are passed over.
    """
    node = loss.grad_fn if isinstance(loss, torch.Tensor) else None
    names: list[str] = []
    while node is not None and len(names) < most:
        name = node.name().removesuffix("Backward0").removesuffix("Backward1")
        if name.endswith("AccumulateGrad"):
            break
        if name not in {"Div", "Mul", "Mean", "View", "ToCopy"} or names:
            names.append(name)
        node = next((following for following, _ in node.next_functions if following is not None), None)
    return tuple(names)


def input_numbers(found: dict[Key, Float[np.ndarray, " values"]]) -> dict[str, list[float]]:
    """Return mean and deviation per channel by the quantity's name."""
    return {
        f"input/{name}": found[f"input_{name}", 0].tolist() for name in ("mean", "std") if (f"input_{name}", 0) in found
    }
