"""Small run folders made by hand, for the tests of everything that reads one."""

from typing import Any

import numpy as np

from cnnvis.schema.graph import Edge, FieldAxis, Layer, LayerGraph, ReceptiveField, Unit
from cnnvis.schema.run import DataFacts, ModelFacts, RunFile, SnapshotFacts
from cnnvis.schema.statistics import Contributions, NeuronStatistics, ProbeSet, UnitContributions, UnitStatistics
from cnnvis.store.pictures import StoredPicture

NEURONS, CLASSES, IMAGES, TOP = 5, 3, 12, 2


def axis(start: int, size: int, stride: int) -> FieldAxis:
    """Return a receptive field along one axis in whole pixels."""
    return FieldAxis((start, 1), (size, 1), (stride, 1))


def map_of(channels: int) -> dict[str, Any]:
    """Return shape and axes of a map of 8 x 8 positions."""
    return {"shape": (channels, 8, 8), "channel_axis": 0, "spatial_axes": (1, 2)}


def graph() -> LayerGraph:
    """Return input -> conv -> relu -> linear on 3 x 8 x 8 images."""
    field = ReceptiveField("exact", axis(-1, 3, 1), axis(-1, 3, 1))
    layers = (
        Layer(id="input", path="", op="input", kind="input", event="", **map_of(3)),
        Layer(id="conv", path="conv", op="conv2d", kind="conv", event="conv/conv2d#1", field=field, **map_of(5)),
        Layer(id="relu", path="relu", op="relu", kind="activation", event="relu/relu#1", field=field, **map_of(5)),
        Layer(id="fc", path="fc", op="linear", kind="linear", event="fc/linear#1", shape=(3,), channel_axis=0),
    )
    edges = (
        Edge("input", "conv", (3, 8, 8)),
        Edge("conv", "relu", (5, 8, 8)),
        Edge("relu", "fc", (5, 8, 8)),
    )
    units = (
        Unit(id="relu", before="conv", members=("conv", "relu"), role="conv", activation="relu", neurons=NEURONS),
        Unit(id="fc", before="fc", members=("fc",), role="linear", neurons=CLASSES),
    )
    return LayerGraph(layers=layers, edges=edges, units=units, output="fc")


def unit_statistics(seed: int, neurons: int, size: int = 8) -> UnitStatistics:
    """Return plausible statistics of one unit; its last neuron never fires when there are more than two."""
    rng = np.random.default_rng(seed)
    top_value = -np.sort(-rng.random((neurons, TOP)).astype(np.float32), axis=1) + 0.01
    top_sample = np.stack([rng.choice(IMAGES, TOP, replace=False) for _ in range(neurons)])
    if neurons > CLASSES:
        top_value[-1] = -1.0
    means = rng.random((CLASSES, neurons)).astype(np.float32)
    place = rng.integers(0, size, (2, neurons, TOP)).astype(np.int32)
    return UnitStatistics(
        after_mean=means,
        after_std=rng.random((CLASSES, neurons)).astype(np.float32),
        before_mean=means - 0.1,
        mean=means.mean(axis=0),
        std=means.std(axis=0) + 0.1,
        minimum=np.zeros(neurons, np.float32),
        maximum=means.max(axis=0),
        active=rng.random(neurons).astype(np.float32),
        slope=rng.random(neurons).astype(np.float32),
        nonfinite=np.zeros(neurons, np.int64),
        top_value=top_value,
        top_sample=top_sample,
        top_y=place[0],
        top_x=place[1],
    )


def statistics(seed: int = 0) -> NeuronStatistics:
    """Return statistics of the graph's two units over 12 images of 3 classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(IMAGES) % CLASSES
    return NeuronStatistics(
        units={"relu": unit_statistics(seed, NEURONS), "fc": unit_statistics(seed + 1, CLASSES, size=1)},
        class_images=np.bincount(labels, minlength=CLASSES),
        confusion=np.diag(np.bincount(labels, minlength=CLASSES)),
        probe=ProbeSet(
            samples=np.arange(IMAGES),
            labels=labels,
            predictions=labels,
            means={"relu": rng.random((IMAGES, NEURONS)).astype(np.float16)},
        ),
    )


def contributions(seed: int = 0) -> Contributions:
    """Return contributions of the first unit's neurons; class 0 is confused with class 2 and the other way round."""
    rng = np.random.default_rng(seed + 100)
    confused = np.array([[2], [-1], [0]])
    values = rng.normal(size=(CLASSES, NEURONS)).astype(np.float32)
    against = rng.normal(size=(CLASSES, 1, NEURONS)).astype(np.float32)
    against[1] = np.nan
    units = {"relu": UnitContributions(values=values, confused_values=against)}
    return Contributions(units=units, images=np.full(CLASSES, IMAGES // CLASSES), confused=confused)


def run_file(identity: str = "a-run") -> RunFile:
    """Return the front page of a run of three classes."""
    return RunFile(
        id=identity,
        name="a run",
        created="2026-01-01T00:00:00Z",
        tool="0.1.0",
        model=ModelFacts(name="tiny", input_shape=(3, 8, 8), parameters=123),
        data=DataFacts(name="noise", images=IMAGES),
        classes=("ant", "bee", "cat"),
    )


def snapshot_facts() -> SnapshotFacts:
    """Return the facts of a complete pass over 12 images."""
    return SnapshotFacts(images_seen=IMAGES, images_total=IMAGES, correct=9, top_k=TOP, probe_images=IMAGES)


def pictures(count: int = IMAGES, size: int = 8) -> list[StoredPicture]:
    """Return random pictures, the first one grey."""
    rng = np.random.default_rng(7)
    return [
        StoredPicture(
            sample=sample,
            pixels=rng.integers(0, 256, (size, size, 1 if sample == 0 else 3)).astype(np.uint8),
            left=0.0,
            top=0.0,
            scale_x=1.0,
            scale_y=1.0,
            label=sample % CLASSES,
            predicted=0,
        )
        for sample in range(count)
    ]
