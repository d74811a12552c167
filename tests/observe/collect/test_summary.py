"""Summaries form a commutative monoid, and 1.3 million images lose nothing."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.collect import CollectOptions
from cnnvis.observe.collect.engine import Pass
from cnnvis.observe.collect.finish import finish
from cnnvis.observe.collect.model import evaluating
from cnnvis.observe.collect.probe import Probe, ProbePlan
from cnnvis.observe.collect.summary import Summary, SummaryShape, merge
from cnnvis.observe.collect.top import Top, pack
from cnnvis.schema.graph import LayerGraph
from tests.observe.collect.helpers import Memory, Replay, evenly, graph_of

PLAN = ProbePlan(6, 3)
SHAPE = SummaryShape(units=(("a", 2), ("b", 3)), classes=3, outputs=4, top_k=2, probe=PLAN, probe_units=("b",))


def summary(seed: int, *, left_out: bool = False) -> Summary:
    rng = np.random.default_rng(seed)
    samples = np.arange(4) + 4 * seed
    top = Top.empty(5, 2)
    top.insert(np.repeat(np.arange(5), 4), pack(rng.standard_normal(20), np.tile(samples, 5)), np.arange(20))
    rows = (4, 5)
    return Summary(
        images=rng.integers(0, 5, 4),
        ran=rng.integers(0, 5, (2, 4)),
        left_out=rng.integers(0, 2, rows) if left_out else None,
        after=rng.standard_normal(rows),
        after_square=rng.random(rows),
        before=rng.standard_normal(rows),
        minimum=rng.standard_normal(5),
        maximum=rng.standard_normal(5),
        positions=rng.random(5),
        positive=rng.random(5),
        slope=rng.random(5),
        nonfinite=rng.integers(0, 9, 5),
        top=top,
        confusion=rng.integers(0, 9, (3, 4)),
        correct=int(rng.integers(0, 9)),
        probe=Probe(samples, rng.integers(-1, 3, 4), samples % 3, rng.random((4, 3)).astype(np.float16)),
    )


def flat(value: object) -> dict[str, np.ndarray]:
    result: dict[str, np.ndarray] = {}
    for name, part in vars(value).items():
        if dataclasses.is_dataclass(part):
            result |= {f"{name}.{key}": array for key, array in flat(part).items()}
        elif part is not None:
            result[name] = np.asarray(part)
    return result


SUMS = {"after", "after_square", "before", "positions", "positive", "slope"}


def assert_same(first: Summary, second: Summary) -> None:
    left, right = flat(first), flat(second)
    assert left.keys() == right.keys()
    for name, array in left.items():
        if name in SUMS:
            np.testing.assert_allclose(array, right[name], rtol=1e-12, atol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(array, right[name], err_msg=name)


@given(st.permutations(range(4)), st.booleans())
def test_merging_is_commutative_and_associative(order: list[int], left_out: bool) -> None:
    parts = [summary(seed, left_out=left_out and seed % 2 == 0) for seed in range(4)]
    known = merge(merge(parts[0], parts[1], PLAN), merge(parts[2], parts[3], PLAN), PLAN)
    first, second, third, fourth = (parts[index] for index in order)
    assert_same(merge(first, merge(second, merge(third, fourth, PLAN), PLAN), PLAN), known)


def test_empty_is_the_neutral_element() -> None:
    part = summary(1, left_out=True)
    empty = Summary.empty(SHAPE)
    some = merge(part, empty, PLAN)
    assert_same(merge(empty, part, PLAN), some)
    for name, array in flat(some).items():
        if not name.startswith("probe"):  # the probe set gets its order by merging
            np.testing.assert_array_equal(array, flat(part)[name], err_msg=name)


@given(st.data())
def test_parts_looked_at_apart_merge_to_the_whole(data: st.DataObject) -> None:
    """The real sums of a pass, over any division of the images into parts and any order of merging them."""
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    values = rng.standard_normal((12, 4, 3, 3)).astype(np.float32)
    labels = rng.integers(-1, 3, 12)
    part_of = np.array(data.draw(st.lists(st.integers(0, 2), min_size=12, max_size=12)))
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, values)
    options = CollectOptions(classes=3, representatives=(graph.units[0].id,), top_k=3, device="cpu", probe_images=6)

    def looked_at(rows: np.ndarray) -> Summary:
        trial = Pass(model, Memory(values, labels, [rows]), graph, options)
        trial.labels.columns = 4
        with evaluating(model, trial.device), trial.reading():
            for batch in trial.source.batches():
                if len(batch.samples):
                    trial.absorb(trial.look(batch))
        return trial.summary()

    plan = ProbePlan(6, 3)
    parts = [looked_at(np.flatnonzero(part_of == part)) for part in data.draw(st.permutations(range(3)))]
    whole = merge(looked_at(np.arange(12)), Summary.empty(looked_at_shape(graph, options)), plan)
    assert_same(merge(merge(parts[0], parts[1], plan), parts[2], plan), whole)


def looked_at_shape(graph: LayerGraph, options: CollectOptions) -> SummaryShape:
    units = tuple((unit.id, unit.neurons) for unit in graph.units)
    plan = ProbePlan(6, 3)
    names = options.representatives
    return SummaryShape(units=units, classes=3, outputs=4, top_k=3, probe=plan, probe_units=names)


def test_a_million_images_lose_nothing() -> None:
    """A pass over 1.3 million activations, all in one class, against exact sums."""
    rng = np.random.default_rng(0)
    values = (rng.standard_normal(1_300_000) + 100).astype(np.float32)
    inputs, model = values[:, None, None, None], Replay(1, nn.ReLU())
    graph = graph_of(model, inputs)
    options = CollectOptions(classes=1, representatives=(graph.units[0].id,), top_k=1, device="cpu", probe_images=4)
    source = Memory(inputs, np.zeros(len(values), np.int64), evenly(len(values), 6_500))
    trial = Pass(model, source, graph, options)
    trial.labels.columns = 1
    with evaluating(model, trial.device), trial.reading():
        for batch in source.batches():
            trial.absorb(trial.look(batch))
    total = trial.summary()
    exact = math.fsum(values.tolist())
    squares = math.fsum((values.astype(np.float64) ** 2).tolist())
    assert total.images[0] == len(values)
    assert abs(float(total.after[0, 0]) - exact) <= 1e-12 * exact
    assert abs(float(total.after_square[0, 0]) - squares) <= 1e-12 * squares
    names = options.representatives
    shape = SummaryShape(
        units=((names[0], 1),), classes=1, outputs=1, top_k=1, probe=ProbePlan(4, 1), probe_units=names
    )
    unit = finish(total, shape).units[names[0]]
    assert unit.mean[0] == pytest.approx(np.mean(values, dtype=np.float64), rel=1e-12)
    assert unit.std[0] == pytest.approx(np.std(values, dtype=np.float64), rel=1e-8)
