"""What a person may choose about the pass, and what the pass gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int

from cnnvis.observe.inputs.source import Picture
from cnnvis.schema.run import SnapshotFacts
from cnnvis.schema.statistics import NeuronStatistics


@dataclass(frozen=True, kw_only=True, eq=False)
class CollectOptions:
    """The choices of one pass over the data (design: collect).

    Args:
        classes: Number of classes of the labels.
        representatives: Ids of the units whose mean per image goes to the probe set.
        top_k: Images kept per neuron.
        probe_images: Images in the probe set at most.
        device: Where the model runs; None keeps a model that is on an accelerator there, else uses CUDA, else the CPU.
        label_of_output: Label of each output of the model, -1 for outputs that are no class; None when output and
            label are the same number.
        output: Which tensor of a tuple (index) or dict (key) holds the logits; None when there is only one.
        state: Folder for the state from which an interrupted pass can go on; None writes none.
        resume: Whether to go on from `state`.
        progress: Whether to show a progress bar on stderr.
        by_prediction: Whether an image counts for the class that the model predicts, as data without labels have no
            other; labels are then left out.
        pool: The activation of a neuron on an image: spatial mean or spatial maximum.
        piece_bytes: Bytes of a map to work on at a time on the CPU; results do not depend on it.

    """

    classes: int
    representatives: tuple[str, ...] = ()
    top_k: int = 9
    probe_images: int = 2000
    device: str | None = None
    label_of_output: Int[np.ndarray, " outputs"] | None = None
    output: str | int | None = None
    state: Path | None = None
    resume: bool = False
    progress: bool = False
    by_prediction: bool = False
    pool: Literal["mean", "max"] = "mean"
    piece_bytes: int = 8 << 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Collected:
    """What one pass found, and where the pictures of the winning images come from."""

    statistics: NeuronStatistics
    facts: SnapshotFacts
    picture: Callable[[int], Picture]
    """The image of a sample id in `needed`, as a person should see it."""
    needed: Int[np.ndarray, " images"]
    """Sample ids in winning top-k places: those of representative units first, then by sample id."""
    outcomes: Mapping[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """Label and predicted label of each needed image; -1 where there is none."""
