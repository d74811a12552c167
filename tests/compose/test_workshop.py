"""Checking and removing with the network of a run, against the parts called one by one."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.analysis.agreement import rank_agreement
from cnnvis.compose.workshop import Workshop
from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.connect import ProbeReading, ToClass, connect, contribute_to_class
from cnnvis.observe.trace import trace
from cnnvis.schema.errors import CnnvisError, DataError, ModelError
from cnnvis.schema.run import DataFacts, ModelFacts, RunFile
from cnnvis.schema.statistics import ProbeSet
from cnnvis.schema.worker import (
    AblateJob,
    AblateResult,
    CheckJob,
    CheckResult,
    ClusterNeurons,
    ColumnClusters,
    ConnectJob,
    ConnectResult,
    PathJob,
    PathResult,
)
from cnnvis.store.contribution_connections import contribution_of_bytes
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import RunWriter
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.connect.helpers import PLACES, Skips, unit_of
from tests.observe.contribute.helpers import close, noise

COLUMNS = tuple(unit_of(name) for name in PLACES)
IMAGES, LABELS = noise(24, (2, 5, 5)), (np.arange(24) % 3 == 0).astype(np.int64)
FIRST = (ClusterNeurons(COLUMNS[0], (0,)), ClusterNeurons(COLUMNS[0], (1, 2)))
SECOND = (ClusterNeurons(COLUMNS[1], (0, 1)), ClusterNeurons(COLUMNS[1], (2,)))
THIRD = (ClusterNeurons(COLUMNS[2], (1,)), ClusterNeurons(COLUMNS[2], (0, 2)))


def network() -> Skips:
    torch.manual_seed(3)
    return Skips(nn.ReLU).eval()


def data(labels: np.ndarray = LABELS) -> Memory:
    return Memory(IMAGES, labels, evenly(24, 5))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    model = network()
    graph = trace(model, torch.from_numpy(IMAGES[:1]))
    options = CollectOptions(classes=2, representatives=COLUMNS, device="cpu")
    found = collect(model, data(), graph, options=options)
    file = RunFile(
        id="a",
        name="a",
        created="",
        tool="0",
        model=ModelFacts(name="x"),
        data=DataFacts(name="noise"),
        classes=("p", "q"),
    )
    writer = RunWriter(tmp_path / "run")
    writer.write_model(file, graph)
    writer.write_pictures([])
    writer.write_snapshot(found.facts, found.statistics)
    return read_run(writer.finish())


def quiet(_done: int, _total: int, _words: str) -> None:
    return


def by_hand(name: str, neurons: tuple[int, ...], value: float | np.ndarray = 0.0) -> dict[str, np.ndarray]:
    """Return what removal takes from every unit's neurons before their non-linearity."""
    model = network()
    with torch.no_grad():
        before, clean = model.steps(torch.from_numpy(IMAGES))
        changed = clean[name].clone()
        changed[:, list(neurons)] = torch.as_tensor(value, dtype=torch.float32).reshape(-1, 1, 1)
        after, _ = model.steps(torch.from_numpy(IMAGES), {name: changed})
    return {unit_of(place): (before[place] - after[place]).mean((0, 2, 3)).double().numpy() for place in PLACES}


def test_a_check_gives_measured_effects_both_meanings_and_their_agreement(run: Run) -> None:
    told: list[tuple[int, int, str]] = []
    job = CheckJob(columns=COLUMNS, sources=(*FIRST, *SECOND), targets=(*SECOND, *THIRD))
    found = Workshop(model=network(), source=data(), device="cpu").do(run, job, lambda *told_now: told.append(told_now))
    assert isinstance(found, CheckResult)
    assert [(pair.source, pair.target) for pair in found.pairs] == [
        (COLUMNS[0], COLUMNS[1]),
        (COLUMNS[0], COLUMNS[2]),
        (COLUMNS[1], COLUMNS[2]),
    ]
    assert [(pair.sources, pair.targets) for pair in found.pairs] == [
        ((0, 1), (0, 1)),
        ((0, 1), (2, 3)),
        ((2, 3), (2, 3)),
    ]
    for pair in found.pairs:
        for row, source in enumerate(pair.sources):
            removed = job.sources[source]
            drops = by_hand(removed.unit.removeprefix("acts."), removed.neurons)[pair.target]
            for column, target in enumerate(pair.targets):
                wanted = drops[list(job.targets[target].neurons)].mean() / len(removed.neurons)
                assert pair.measured[row][column] == pytest.approx(wanted, rel=1e-4, abs=1e-6)
        assert pair.weights is not None
        assert pair.contribution is not None
        assert pair.weights_agreement == rank_agreement(np.array(pair.weights), np.array(pair.measured))
        assert pair.contribution_agreement == rank_agreement(np.array(pair.contribution), np.array(pair.measured))
    known = [pair.contribution_agreement for pair in found.pairs if pair.contribution_agreement is not None]
    assert found.contribution == pytest.approx(np.mean(known))
    assert found.better in {"weights", "contribution"}
    assert found.weak is (max(found.weights or -1.0, found.contribution or -1.0) < 0.3)
    assert (found.images, found.notes) == (24, ())
    assert {words for _, _, words in told} == {"removing clusters", "contributions", "weights"}
    # One scale for the whole job: 24 images, as the network is and without each of four clusters, then forward and back
    # to each of four targets.
    assert {total for _, total, _ in told} == {24 * (1 + 4) + 24 * (1 + 4)}
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][0] == told[-1][1]


def test_contributions_are_those_of_a_pass_over_the_probe_images(run: Run) -> None:
    columns = (
        ColumnClusters(COLUMNS[0], ((0,), (1, 2))),
        ColumnClusters(COLUMNS[1], ((0, 1), (2,))),
        ColumnClusters(COLUMNS[2], ((1,), (0, 2))),
    )
    told: list[tuple[int, int, str]] = []
    workshop = Workshop(model=network(), source=data(), device="cpu")
    found = workshop.do(run, ConnectJob(columns=columns, images=12), lambda *now: told.append(now))
    assert isinstance(found, ConnectResult)
    assert (found.images, found.pairs, found.notes) == (12, 3, ())
    assert {total for _, total, _ in told} == {12 * (1 + 4)}
    kept = contribution_of_bytes(found.data)
    wanted = connect(
        network(),
        data(),
        trace(network(), torch.from_numpy(IMAGES[:1])),
        probe=run.statistics.probe(),
        clusters={column.unit: column.clusters for column in columns},
        reading=ProbeReading(device="cpu", images=12),
    ).connections
    assert kept.pairs.keys() == wanted.pairs.keys()
    for pair, matrix in wanted.pairs.items():
        assert kept.pairs[pair].clusters == matrix.clusters
        close(kept.pairs[pair].values, matrix.values)


def test_between_neighbours_without_a_non_linearity_contribution_is_the_measured_effect(run: Run) -> None:
    """From a unit's output to the next one's activation input the way is linear, but for nothing."""
    job = CheckJob(columns=COLUMNS, sources=FIRST, targets=SECOND)
    found = Workshop(model=network(), source=data(), device="cpu").do(run, job, quiet)
    assert isinstance(found, CheckResult)
    (pair,) = found.pairs
    assert pair.contribution is not None
    close(np.array(pair.contribution), np.array(pair.measured))
    assert pair.contribution_agreement == pytest.approx(1.0)
    assert not found.weak


def test_removing_neurons_tells_what_becomes_of_clusters_outputs_and_accuracy(run: Run) -> None:
    workshop = Workshop(model=network(), source=data(), device="cpu")
    found = workshop.do(run, AblateJob(removed=FIRST[1], targets=(*SECOND, *THIRD)), quiet)
    assert isinstance(found, AblateResult)
    drops = by_hand("first", (1, 2))
    wanted = [drops[each.unit][list(each.neurons)].mean() for each in (*SECOND, *THIRD)]
    close(np.array(found.drops), np.array(wanted))
    assert found.accuracy == run.accuracy
    assert [(each.index, each.images) for each in found.classes] == [(0, 16), (1, 8)]
    assert sum(each.correct for each in found.classes) == run.snapshot.correct
    assert found.accuracy_after == sum(each.correct_after for each in found.classes) / 24
    assert found.logit_drops is not None
    assert len(found.logit_drops) == 2


def test_the_mean_instead_of_zero(run: Run) -> None:
    job = AblateJob(removed=FIRST[1], targets=SECOND, fill="mean")
    found = Workshop(model=network(), source=data(), device="cpu").do(run, job, quiet)
    assert isinstance(found, AblateResult)
    mean = run.statistics.array(COLUMNS[0], "mean")[[1, 2]]
    drops = by_hand("first", (1, 2), mean)[COLUMNS[1]]
    close(np.array(found.drops), np.array([drops[[0, 1]].mean(), drops[2]]))
    assert found.fill == "mean"


def test_a_limit_on_images_holds(run: Run) -> None:
    job = AblateJob(removed=FIRST[0], images=7)
    found = Workshop(model=network(), source=data(), device="cpu").do(run, job, quiet)
    assert isinstance(found, AblateResult)
    assert found.images == 7


def test_other_weights_than_those_of_the_analysis_are_noticed(run: Run) -> None:
    model = network()
    model.head.weight.data.neg_()
    model.head.bias.data.neg_()
    found = Workshop(model=model, source=data(), device="cpu").do(run, AblateJob(removed=FIRST[0]), quiet)
    assert isinstance(found, AblateResult)
    right = run.snapshot.correct or 0
    assert right != 12  # else the turned outputs are right as often
    assert found.notes == (
        f"The model predicts {24 - right} of 24 probe images right, {right} in the analysis: "
        "give the checkpoint and the preprocessing of the analysis.",
    )


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (AblateJob(removed=ClusterNeurons("ghost", (0,))), "The network has no unit 'ghost'."),
        (AblateJob(removed=ClusterNeurons(COLUMNS[0], (7,))), f"{COLUMNS[0]} has no neuron 7, only 0 to 2."),
        (CheckJob(columns=COLUMNS, sources=(ClusterNeurons(COLUMNS[0], ()),), targets=SECOND), "came without neurons."),
        (AblateJob(removed=FIRST[0], targets=(ClusterNeurons("ghost", (0,)),)), "The network has no unit 'ghost'."),
        (AblateJob(removed=FIRST[0], targets=(ClusterNeurons(COLUMNS[1], (5,)),)), "has no neuron 5"),
    ],
)
def test_what_the_network_does_not_have_is_a_sentence(run: Run, job: AblateJob | CheckJob, sentence: str) -> None:
    with pytest.raises(CnnvisError) as caught:
        Workshop(model=network(), source=data(), device="cpu").do(run, job, quiet)
    assert sentence in caught.value.message
    assert caught.value.remedy


def test_another_model_and_no_images_are_sentences(run: Run) -> None:
    job = AblateJob(removed=FIRST[0])
    with pytest.raises(
        ModelError, match=r"The model is not that of the run: acts.first has 3 neurons there, 5 neurons here"
    ):
        Workshop(model=Skips(nn.ReLU, channels=5), source=data(), device="cpu").do(run, job, quiet)
    with pytest.raises(ModelError, match="no such layer here"):
        Workshop(model=nn.Sequential(nn.Conv2d(2, 3, 1), nn.ReLU()), source=data(), device="cpu").do(run, job, quiet)
    empty = Memory(IMAGES, LABELS, [np.zeros(0, np.int64)])
    with pytest.raises(DataError, match="holds no image"):
        Workshop(model=network(), source=empty, device="cpu").do(run, job, quiet)


def test_data_in_another_order_are_a_sentence(run: Run) -> None:
    with pytest.raises(DataError, match="label"):
        Workshop(model=network(), source=data(1 - LABELS), device="cpu").do(run, AblateJob(removed=FIRST[0]), quiet)


def test_what_progress_raises_ends_the_job(run: Run) -> None:
    def stop(_done: int, _total: int, _words: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Workshop(model=network(), source=data(), device="cpu").do(run, AblateJob(removed=FIRST[0]), stop)


def test_a_path_is_found_on_the_chosen_images_alone(run: Run) -> None:
    columns = tuple(ColumnClusters(name, ((0,), (1, 2))) for name in COLUMNS)
    samples = (2, 5, 11, 400)
    job = PathJob(columns=columns, last=COLUMNS[2], label=1, samples=samples)
    told: list[tuple[int, int, str]] = []
    found = Workshop(model=network(), source=data(), device="cpu").do(run, job, lambda *now: told.append(now))
    assert isinstance(found, PathResult)
    assert found.images == 3
    probe = run.statistics.probe()
    chosen = np.isin(probe.samples, samples)
    some = ProbeSet(
        samples=probe.samples[chosen], labels=probe.labels[chosen], predictions=probe.predictions[chosen], means={}
    )
    graph = trace(network(), torch.from_numpy(IMAGES[:1]))
    reading = ProbeReading(device="cpu")
    given = contribute_to_class(
        network(), data(), graph, probe=some, asked=ToClass(unit=COLUMNS[2], label=1, classes=2), reading=reading
    )
    assert found.given == pytest.approx(given.tolist(), rel=1e-5)
    clusters = {column.unit: column.clusters for column in columns}
    wanted = connect(network(), data(), graph, probe=some, clusters=clusters, reading=reading).connections
    links = contribution_of_bytes(found.data)
    assert links.pairs.keys() == wanted.pairs.keys()
    for pair, matrix in links.pairs.items():
        close(matrix.values, wanted.pairs[pair].values)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
