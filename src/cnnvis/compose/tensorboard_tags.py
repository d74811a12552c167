"""What a tag of TensorBoard is about: a metric, a learning rate, or weights, gradients or activations of a layer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["weight", "bias", "gradient", "activation"]

_KINDS: dict[str, Kind] = {
    "weight": "weight", "weights": "weight", "kernel": "weight", "bias": "bias", "biases": "bias",
    "grad": "gradient", "grads": "gradient", "gradient": "gradient", "gradients": "gradient",
    "act": "activation", "activation": "activation", "activations": "activation", "output": "activation",
    "outputs": "activation", "out": "activation",
}  # fmt: skip
_ORDER: tuple[Kind, ...] = ("gradient", "activation", "bias", "weight")
_RATES = re.compile(r"(?:.*[/_])?(?:lr|learning_?rate)(?:[-_/].*)?", re.IGNORECASE)
_NORMS = frozenset({"grad_norm", "gradient_norm", "grad_2.0_norm_total", "total_grad_norm"})
_AROUND = frozenset({"parameters", "params", "layers", "layer", "histograms", "histogram"})


@dataclass(frozen=True)
class LayerTag:
    """A histogram that is about a layer."""

    layer: str
    kind: Kind
    of_bias: bool = False
    """Whether a gradient is that of a bias."""


def is_rate(tag: str) -> bool:
    """Whether a scalar's tag names a learning rate: ``lr``, ``train/learning_rate``, ``lr-Adam/pg1`` ..."""
    return _RATES.fullmatch(tag) is not None


def is_gradient_norm(tag: str) -> bool:
    """Whether a scalar's tag names the norm of all gradients."""
    return tag.rpartition("/")[2].lower() in _NORMS


def layer_of(tag: str) -> LayerTag | None:
    """Return which layer a histogram's tag is about, and what of it; None when it says neither.

    >>> layer_of("layer1.0.conv1.weight/grad")
    LayerTag(layer='layer1.0.conv1', kind='gradient', of_bias=False)
    >>> layer_of("activations/conv2")
    LayerTag(layer='conv2', kind='activation', of_bias=False)
    """
    words = [word for word in re.split(r"[/.:]", tag) if word]
    # Keras numbers what it logs: conv2d/kernel_0, conv2d/kernel:0.
    plain = [re.sub(r"_\d+$", "", word.lower()) for word in words]
    kinds = {_KINDS[word] for word in plain if word in _KINDS}
    rest = [word for word, low in zip(words, plain, strict=True) if low not in _KINDS and low not in _AROUND]
    if len(rest) > 1 and words[-1] == "0" and len(plain) > 1 and plain[-2] in _KINDS:
        rest = rest[:-1]
    kind: Kind | None = next((kind for kind in _ORDER if kind in kinds), None)
    return None if kind is None or not rest else LayerTag(".".join(rest), kind, "bias" in kinds)


def merged_names(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return which logs belong to one training: folders beside each other that are called train and validation.

    Returns:
        By the training's name its logs, with the part that each is about; empty for one that is the whole training.

    """
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        above, _, last = name.rpartition("/")
        part = _PARTS.get(last.lower(), "")
        groups.setdefault(above if part else name, {})[name] = part
    found: dict[str, dict[str, str]] = {}
    for above, logs in groups.items():
        parts = list(logs.values())
        if len(logs) > 1 and len(set(parts)) == len(parts):
            found[above] = logs
        else:
            found |= {name: {name: ""} for name in logs}
    return found


_PARTS = {"train": "train", "training": "train", "val": "validation", "valid": "validation",
          "validation": "validation", "eval": "validation", "test": "test"}  # fmt: skip
