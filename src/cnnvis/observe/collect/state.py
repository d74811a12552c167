"""The state of an unfinished pass on disk: what is needed to go on from it as if it had never stopped."""

import hashlib
from dataclasses import dataclass, field, fields
from pathlib import Path

import msgspec
import numpy as np
import torch
from jaxtyping import Int
from msgspec import Struct
from torch import nn

from cnnvis.observe.collect.options import CollectOptions
from cnnvis.observe.collect.probe import Probe
from cnnvis.observe.collect.summary import Summary
from cnnvis.observe.collect.top import Top
from cnnvis.observe.inputs.source import ImageSource, Picture
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.files import ArrayFile, read_json, write_arrays, write_json

STATE_FILE = "state.json"
STATE_VERSION = 3
_PLAIN = ("images", "ran", "after", "after_square", "before", "minimum", "maximum", "positions", "positive", "slope",
          "nonfinite", "confusion")  # fmt: skip


class Fingerprint(Struct, frozen=True, kw_only=True):
    """What the state belongs to; it must not be mixed with anything else."""

    model: str
    data: str
    options: str


class _Version(Struct):
    version: int


class StateFile(Struct, frozen=True, kw_only=True):
    """``state.json``: how far the pass came, and which files hold the sums and the pictures."""

    version: int = STATE_VERSION
    fingerprint: Fingerprint
    batches: int
    images: int
    outputs: int
    seconds: float
    last_batch: str
    """Digest of the sample ids of the last batch: the data must still come in the same portions."""
    skipped: tuple[str, ...]
    channels_last: bool
    unfolded: bool
    sums: str
    pictures: str = ""


@dataclass(kw_only=True, eq=False)
class PassState:
    """How far a pass came, in memory."""

    batches: int = 0
    images: int = 0
    outputs: int = 0
    seconds: float = 0.0
    last_batch: str = ""
    skipped: tuple[str, ...] = ()
    channels_last: bool | None = None
    """Whether images are shown with channels last (`layout`); None before the first batch."""
    unfolded: bool = False
    """Whether batch norms turned out to be used in a way that does not let them be folded away (`fold`)."""
    sums: Summary | None = None
    outcomes: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    pictures: dict[int, Picture] = field(default_factory=dict[int, Picture])


def fingerprint(model: nn.Module, source: ImageSource, graph: LayerGraph, options: CollectOptions) -> Fingerprint:
    """Return digests of the weights, the data's description and the options that change results."""
    weights = hashlib.blake2b(msgspec.json.encode(graph), digest_size=16)
    for name, tensor in model.state_dict().items():
        weights.update(name.encode())
        if isinstance(tensor, torch.Tensor):
            weights.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    labels = None if options.label_of_output is None else options.label_of_output.tolist()
    choices = (options.classes, options.representatives, options.top_k, options.probe_images, labels, options.output)
    return Fingerprint(
        model=weights.hexdigest(),
        data=_digest((source.name, source.total, source.class_names, source.preprocessing)),
        options=_digest((*choices, options.pool, *(("by prediction",) if options.by_prediction else ()))),
    )


def batch_digest(samples: Int[np.ndarray, " images"]) -> str:
    """Return a digest of a batch's sample ids."""
    return hashlib.blake2b(samples.astype("<i8").tobytes(), digest_size=16).hexdigest()


def save_state(folder: Path, state: PassState, mark: Fingerprint) -> None:
    """Write a pass's state: sums first, the front page last, so that a torn write leaves the earlier state whole.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    sums, pictures = f"sums-{state.batches}.safetensors", ""
    arrays = {} if state.sums is None else _arrays(state.sums)
    write_arrays(folder / sums, arrays | _outcome_arrays(state.outcomes))
    if state.pictures:
        pictures = f"pictures-{state.batches}.safetensors"
        write_arrays(folder / pictures, _picture_arrays(state.pictures))
    page = StateFile(
        fingerprint=mark,
        batches=state.batches,
        images=state.images,
        outputs=state.outputs,
        seconds=state.seconds,
        last_batch=state.last_batch,
        skipped=state.skipped,
        channels_last=bool(state.channels_last),
        unfolded=state.unfolded,
        sums=sums,
        pictures=pictures,
    )
    write_json(folder / STATE_FILE, page)
    for path in folder.glob("*.safetensors"):
        if path.name not in {sums, pictures}:
            path.unlink(missing_ok=True)


def clear_state(folder: Path) -> None:
    """Remove a state, so that a new pass cannot meet the files of another one."""
    (folder / STATE_FILE).unlink(missing_ok=True)
    for path in folder.glob("*.safetensors"):
        path.unlink(missing_ok=True)


def load_state(folder: Path, mark: Fingerprint) -> PassState | None:
    """Read a pass's state; None when there is none yet.

    Raises:
        RunError: The state is damaged, of another version, or belongs to another model, data or options.

    """
    if not (folder / STATE_FILE).exists():
        return None
    version = read_json(folder / STATE_FILE, _Version).version
    if version != STATE_VERSION:
        raise RunError(
            f"The state in {folder} has version {version}, this cnnvis writes {STATE_VERSION}.",
            "Start again without --resume.",
        )
    page = read_json(folder / STATE_FILE, StateFile)
    changed = [name for name in ("model", "data", "options") if getattr(page.fingerprint, name) != getattr(mark, name)]
    if changed:
        raise RunError(
            f"The state in {folder} was made with other {_listed(changed)}.",
            "Go on with the same ones, or start again without --resume.",
        )
    state = PassState(
        batches=page.batches,
        images=page.images,
        outputs=page.outputs,
        seconds=page.seconds,
        last_batch=page.last_batch,
        skipped=page.skipped,
        channels_last=page.channels_last,
        unfolded=page.unfolded,
    )
    arrays = ArrayFile(folder / page.sums)
    state.sums = _summary(arrays)
    samples, labels, predictions = (part.tolist() for part in arrays.read(*_OUTCOMES))
    state.outcomes = dict(zip(samples, zip(labels, predictions, strict=True), strict=True))
    if page.pictures:
        state.pictures = _pictures(ArrayFile(folder / page.pictures))
    return state


_OUTCOMES = ("outcome_samples", "outcome_labels", "outcome_predictions")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _digest(value: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=16).hexdigest()


def _arrays(summary: Summary) -> dict[str, np.ndarray]:
    arrays = {name: getattr(summary, name) for name in _PLAIN}
    arrays |= {f"probe_{part.name}": getattr(summary.probe, part.name) for part in fields(Probe)}
    arrays |= {"top_keys": summary.top.keys, "top_places": summary.top.places}
    arrays["correct"] = np.array([summary.correct], np.int64)
    if summary.left_out is not None:
        arrays["left_out"] = summary.left_out
    return arrays


def _summary(arrays: ArrayFile) -> Summary:
    keys, places, correct = arrays.read("top_keys", "top_places", "correct")
    return Summary(
        **dict(zip(_PLAIN, arrays.read(*_PLAIN), strict=True)),
        left_out=arrays.read("left_out")[0] if "left_out" in arrays.names else None,
        top=Top(keys, places),
        correct=int(correct[0]),
        probe=Probe(*arrays.read(*(f"probe_{part.name}" for part in fields(Probe)))),
    )


def _outcome_arrays(outcomes: dict[int, tuple[int, int]]) -> dict[str, np.ndarray]:
    table = np.array([(sample, *pair) for sample, pair in outcomes.items()], np.int64).reshape(-1, 3)
    return {name: table[:, column] for column, name in enumerate(_OUTCOMES)}


def _picture_arrays(pictures: dict[int, Picture]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {f"pixels_{sample}": picture.pixels for sample, picture in pictures.items()}
    maps = [(picture.left, picture.top, picture.scale_x, picture.scale_y) for picture in pictures.values()]
    arrays["samples"] = np.array(list(pictures), np.int64)
    arrays["maps"] = np.array(maps, np.float64).reshape(-1, 4)
    return arrays


def _pictures(arrays: ArrayFile) -> dict[int, Picture]:
    samples, maps = arrays.read("samples", "maps")
    return {
        sample: Picture(pixels=arrays.read(f"pixels_{sample}")[0], left=left, top=top, scale_x=across, scale_y=down)
        for sample, (left, top, across, down) in zip(samples.tolist(), maps.tolist(), strict=True)
    }
