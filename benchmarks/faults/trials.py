"""Which trainings the suite is made of: faults in several strengths, healthy controls, and who belongs where."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from faults import images, networks
from faults.setup import Setup, Trial

Part = Literal["development", "hold-out"]
Strengths = tuple[dict[str, Any], ...]


def layers(kind: str, depth: int = 0) -> tuple[str, ...]:
    """Return the paths of a network's convolutions that have neurons, in order."""
    if kind.startswith("residual"):
        return ("stem", *(f"blocks.{block}.conv{n}" for block in range(2 + depth) for n in (1, 2)))
    if kind.startswith("all-convolution"):
        return tuple(f"stage{n}.conv" for n in range(5 + depth))
    return tuple(f"conv{n}" for n in range(1, 5 + depth))


_ANYWHERE: dict[str, Strengths] = {
    "learning-rate-high": ({"rate": 1.0}, {"rate": 4.0}, {"optimizer": "adam", "rate": 0.3}, {"rate": 20.0}),
    "learning-rate-low": ({"rate": 1e-6}, {"rate": 1e-5}, {"optimizer": "adam", "rate": 1e-7}),
    "inputs": (
        {"centred": False, "input_scale": 255.0},
        {"input_shift": 12.0},
        {"input_scale": 1e-4},
        {"probe_scale": 255.0},
        {"blank": True},
    ),
    "double-softmax": (
        {"softmax": True},
        {"softmax": True, "rate": 0.2},
        {"softmax": True, "optimizer": "adam", "rate": 2e-3},
    ),
    "wrong-loss": ({"loss": "mse"}, {"loss": "l1"}, {"loss": "nll", "rate": 1e-3}),
    "rectified-logits": ({"rectified_logits": True}, {"rectified_logits": True, "rate": 0.005}),
    "label-noise": ({"label_noise": 1.0}, {"label_noise": 0.6, "steps": 300}, {"label_noise": 0.4, "steps": 300}),
    "class-imbalance": ({"imbalance": 20.0}, {"imbalance": 50.0}, {"imbalance": 100.0}),
    "weight-decay": ({"decay": 0.5}, {"decay": 1.0}, {"optimizer": "adamw", "rate": 2e-3, "decay": 20.0}),
    "overfitting": (
        {"images": 40, "steps": 300, "width": 2.0},
        {"images": 60, "steps": 300},
        {"images": 80, "steps": 400, "optimizer": "adam", "rate": 2e-3},
    ),
    "underfitting": (
        {"width": 0.05, "steps": 600, "optimizer": "adam", "rate": 8e-3, "schedule": "cosine", "batch": 64},
        {"width": 0.05, "steps": 600, "optimizer": "adam", "rate": 4e-3, "schedule": "cosine"},
        {"width": 0.1, "classes": 20, "steps": 600, "optimizer": "adam", "rate": 4e-3, "schedule": "cosine"},
    ),
    "redundant-neurons": ({"same": 2}, {"same": 4}, {"same": 8}),
    "output-collapse": (
        {"class_weight": 300.0},
        {"sorted": True},
        {"class_weight": 3e3},
        {"sorted": True, "batch": 16},
    ),
    "data-leakage": ({"leak": True}, {"leak": True, "batch": 64}, {"leak": True, "images": 600}),
    "precision-overflow": (
        {"half": True, "loss_scale": 3e5},
        {"half": True, "loss_scale": 1e6},
        {"half": True, "loss_scale": 1e8},
    ),
}  # fmt: skip
_WITHOUT_NORMS: dict[str, Strengths] = {
    "learning-rate-not-decayed": (
        {"activation": "tanh", "rate": 0.04, "batch": 8, "steps": 500},
        {"activation": "tanh", "rate": 0.03, "batch": 6, "steps": 500},
    ),
    "exploding-gradient": ({"loss_scale": 300.0}, {"loss_scale": 1e3}, {"loss_scale": 1e4}),
    "initialisation": ({"gain": 0.1}, {"gain": 0.03}, {"gain": 4.0}, {"gain": 10.0}),
    "nonfinite": ({"bad_pixel_step": 60}, {"bad_pixel_step": 1}),
}
_WITH_NORMS: dict[str, Strengths] = {
    "learning-rate-not-decayed": (
        {"rate": 0.1, "batch": 8, "steps": 400},
        {"rate": 0.08, "batch": 6, "steps": 400},
    ),
    "batch-norm-mode": (
        {"norm_eval": True},
        {"norm_eval": True, "norm_foreign": 3.0},
        {"norm_eval": True, "rate": 5e-3},
    ),
    "batch-norm-small-batches": (
        {"batch": 2, "steps": 400},
        {"batch": 3, "norm_momentum": 0.3, "steps": 300},
        {"batch": 4, "norm_momentum": 0.5},
    ),
    "inputs": ({"norm_foreign": 30.0},),
}  # fmt: skip
_AT_A_LAYER: dict[str, Strengths] = {
    "dead-relu": ({"bias": -10.0}, {"bias": -30.0}, {"bias": -20.0, "when": 80}),
    "saturation": (
        {"activation": "sigmoid", "bias": 10.0},
        {"activation": "tanh", "bias": -8.0},
        {"activation": "tanh", "bias": 15.0, "when": 60},
    ),
    "nonfinite": ({"log_at": True},),
    "untrained-parameters": ({"frozen": True}, {"unoptimized": True}, {"detached": True}),
}
_HEALTHY: Strengths = (
    {},
    {"optimizer": "adam", "rate": 1e-3},
    {"optimizer": "adamw", "rate": 2e-3, "decay": 0.05},
    {"schedule": "warmup", "rate": 0.03},
    {"schedule": "cosine"},
    {"schedule": "restarts"},
    {"schedule": "steps"},
    {"dropout": 0.5},
    {"dropout": 0.7, "steps": 300},
    {"width": 0.5},
    {"width": 2.0},
    {"classes": 2},
    {"classes": 5},
    {"classes": 100, "optimizer": "adam", "rate": 2e-3, "steps": 300},
    {"batch": 64},
    {"batch": 16, "rate": 0.01},
    {"momentum": 0.0, "rate": 0.1},
    {"clip": 1.0},
    {"augment": True},
    {"decay": 5e-4},
    {"centred": False},
    {"fresh": "torch"},
    {"label_noise": 0.03},
    {"imbalance": 2.0},
    {"steps": 400, "schedule": "cosine"},
)


def faulty(part: Part) -> list[Trial]:
    """Return the trainings with a fault: each fault in at least three strengths or architectures."""
    return list(_numbered(_faulty(part)))


def healthy(part: Part, rounds: int = 2) -> list[Trial]:
    """Return the trainings without a fault, `rounds` times through all kinds."""
    kinds, sets = _architectures(part), _data(part)
    found = []
    for number in range(rounds * len(_HEALTHY)):
        network = kinds[(number + number // len(_HEALTHY)) % len(kinds)]
        setup = _setup(_HEALTHY[number % len(_HEALTHY)], network, sets[(number // len(kinds)) % len(sets)], number)
        found.append(Trial(name=f"healthy-{number:03d}", setup=setup))
    return found


def _faulty(part: Part) -> Iterator[Trial]:
    kinds = _architectures(part)
    plain = tuple(kind for kind in kinds if "normed" not in kind)
    normed = tuple(kind for kind in kinds if "normed" in kind)
    for table, chosen in ((_ANYWHERE, kinds), (_WITHOUT_NORMS, plain), (_WITH_NORMS, normed)):
        for expected, strengths in table.items():
            for options in strengths * 2:
                yield _trial(part, expected, options, chosen)
    for expected, strengths in _AT_A_LAYER.items():
        for round_ in (0, 1):
            for options in strengths:
                yield _at_layer(part, expected, options, plain, deep=round_ == 1)
    for depth in (5, 7, 9):
        kind = plain[-1]
        place = layers(kind, depth)[: depth + 2]
        yield Trial(
            name="", expected="vanishing-gradient", place=place,
            setup=_setup({"activation": "sigmoid", "depth": depth}, kind, "", 0),
        )  # fmt: skip


def _trial(part: Part, expected: str, options: dict[str, Any], kinds: tuple[str, ...]) -> Trial:
    setup = Setup(**options, network="?", data="?")
    return Trial(name="", setup=replace(setup, network=",".join(kinds)), expected=expected)


def _at_layer(part: Part, expected: str, options: dict[str, Any], kinds: tuple[str, ...], *, deep: bool) -> Trial:
    kind = kinds[int(deep) % len(kinds)]
    path = layers(kind)[2 if deep else 1]
    options = dict(options)
    for name in ("log_at", "detached"):
        if name in options:
            options[name] = path
    for name in ("frozen", "unoptimized"):
        if name in options:
            options[name] = (path,)
    if "bias" in options:
        options["where"] = (path,)
    place = layers(kind)[: layers(kind).index(path) + 1] if "detached" in options else (path,)
    if "log_at" in options:
        place = (path, path.replace("conv", "act"))  # the first that is measured behind the logarithm
    return Trial(name="", setup=_setup(options, kind, "", 0), expected=expected, place=place)


def _numbered(trials: Iterator[Trial]) -> Iterator[Trial]:
    """Give each training its name, its seed and, in turn, one of the architectures and data sets that it may have."""
    count: dict[str, int] = {}
    part: Part
    for trial in trials:
        number = count.get(trial.expected, 0)
        count[trial.expected] = number + 1
        kinds = trial.setup.network.split(",")
        network = kinds[number % len(kinds)]
        part = "development" if network in networks.DEVELOPMENT else "hold-out"
        sets = _data(part)
        data = sets[(number // len(kinds) + number) % len(sets)]
        setup = replace(trial.setup, network=network, data=data, seed=1000 + number)
        yield replace(trial, name=f"{trial.expected}-{number:02d}", setup=setup)


def _setup(options: dict[str, Any], network: str, data: str, seed: int) -> Setup:
    return Setup(**options, network=network, data=data, seed=seed)


def _architectures(part: Part) -> tuple[str, ...]:
    return networks.DEVELOPMENT if part == "development" else networks.HOLD_OUT


def _data(part: Part) -> tuple[str, ...]:
    wanted = images.DEVELOPMENT if part == "development" else images.HOLD_OUT
    return tuple(name for name in wanted if images.available(name))
