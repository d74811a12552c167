"""What is done with the network itself for the page: removing clusters, and checking connections by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64, Int

from cnnvis.analysis.agreement import Agreement, compare
from cnnvis.analysis.connect import aggregate, channel_matrices
from cnnvis.compose.given_images import Answering, answer_given
from cnnvis.observe import Model
from cnnvis.observe.connect import ProbeReading, ToClass, connect, contribute_to_class, linked_pairs
from cnnvis.observe.inputs import Batch, ImageSource, fit_source
from cnnvis.observe.intervene import Experiment, Intervention, Measured, Scoring, measure
from cnnvis.observe.trace import trace
from cnnvis.observe.weights import channel_graph
from cnnvis.schema.connections import Connections, ContributionConnections, Pair
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import ProbeSet
from cnnvis.schema.worker import (
    AblateJob,
    AblateResult,
    AnswerJob,
    AnswerResult,
    CheckedPair,
    CheckJob,
    CheckResult,
    ClassEffect,
    ClusterNeurons,
    ConnectJob,
    ConnectResult,
    Fill,
    Job,
    JobResult,
    PathJob,
    PathResult,
)
from cnnvis.store.contribution_connections import contribution_bytes
from cnnvis.store.reader import Run

Rows = tuple[tuple[float, ...], ...]
Tell = Callable[[int, int, str], None]
"""Told the passes of one image done, those in all, and what is being done; what it raises ends the job."""
_BATCH = 16
"""Images at a time: a pass of them takes a fraction of a second, so that progress is steady and a job soon ends."""
_OTHERWISE = 0.02
"""Share of probe images predicted right by which model and data may differ from the analysis."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Workshop:
    """A network and its data, at work for runs that were analysed from them.

    Args:
        model: The network.
        source: The data that the run was analysed on.
        device: Where the model runs; None as for `cnnvis.analyze`.
        output: Which of several outputs holds the logits.
        input_name: Which of several inputs is the image.
        class_map: Label per output, -1 for none.

    """

    model: Model
    source: ImageSource
    device: str | None = None
    output: str | int | None = None
    input_name: str | None = None
    class_map: Int[np.ndarray, " outputs"] | None = None

    def do(self, run: Run, job: Job, tell: Tell) -> JobResult:
        """Do a job for a run.

        Raises:
            CnnvisError: The model or the data are not those of the run, or fail.

        """
        self._require_same(run.graph)
        match job:
            case CheckJob():
                return self._check(run, job, tell)
            case ConnectJob():
                return self._connect(run, job, tell)
            case AblateJob():
                return self._ablate(run, job, tell)
            case PathJob():
                return self._path(run, job, tell)
            case AnswerJob():
                return self._answer(job, tell)

    @cached_property
    def graph(self) -> LayerGraph:
        """The layers of the model as it is now."""
        return trace(self.model, self._example, output=self.output)

    @cached_property
    def _fitted(self) -> tuple[ImageSource, Batch]:
        return fit_source(self.source, self.model, image=self.input_name)

    @property
    def _example(self):  # noqa: ANN202 - what a model is called with, which only `observe` may name
        return self._fitted[1].inputs.take(slice(0, 1))

    def _require_same(self, recorded: LayerGraph) -> None:
        """Raise ModelError unless the model has the units of the run."""
        now = {unit.id: unit.neurons for unit in self.graph.units}
        for unit in recorded.units:
            if now.get(unit.id) != unit.neurons:
                what = f"{now[unit.id]} neurons" if unit.id in now else "no such layer"
                raise ModelError(
                    f"The model is not that of the run: {unit.id} has {unit.neurons} neurons there, {what} here.",
                    "Give --model, --checkpoint and --model-arg as for `cnnvis analyze`.",
                )

    def _reading(self, images: int, tell: Tell, words: str, *, before: int = 0, after: int = 0) -> ProbeReading:
        """Return how the probe images are read.

        Args:
            images: How many at most.
            tell: Told how far the whole job is.
            words: What is being done.
            before: Passes of one image that the job did before.
            after: Those that it does afterwards.

        """

        def progress(done: int, total: int) -> None:
            tell(before + done, before + total + after, words)

        return ProbeReading(device=self.device, images=images, batch=_BATCH, progress=progress)

    def _connect(self, run: Run, job: ConnectJob, tell: Tell) -> ConnectResult:
        found = connect(
            self.model,
            self._fitted[0],
            self.graph,
            probe=run.statistics.probe(),
            clusters={column.unit: column.clusters for column in job.columns},
            reading=self._reading(job.images, tell, "contributions"),
        )
        return ConnectResult(
            images=found.connections.images,
            pairs=len(found.connections.pairs),
            seconds=found.seconds,
            notes=found.connections.notes,
            data=contribution_bytes(found.connections),
        )

    def _check(self, run: Run, job: CheckJob, tell: Tell) -> CheckResult:
        sources, targets = _by_unit(run.graph, job.sources), _by_unit(run.graph, job.targets)
        columns = tuple(dict.fromkeys((*job.columns, *sources, *targets)))
        pairs = [(a, b) for a, b in linked_pairs(self.graph, columns) if a in sources and b in targets]
        images = len(self._reading(job.images, tell, "").samples(run.statistics.probe()))
        removing, contributing = images * (1 + len(job.sources)), images * (1 + len(job.targets))
        measured, said = self._measure(
            run,
            job.sources,
            list(targets),
            fill=job.fill,
            reading=self._reading(job.images, tell, "removing clusters", after=contributing),
        )
        found = connect(
            self.model,
            self._fitted[0],
            self.graph,
            probe=run.statistics.probe(),
            clusters={name: tuple(job.targets[n].neurons for n in targets.get(name, ())) for name in columns},
            reading=self._reading(job.images, tell, "contributions", before=removing),
        ).connections
        tell(removing + contributing, removing + contributing, "weights")
        units = {name: run.statistics.unit(name) for name in run.statistics.units}
        weights = channel_matrices(channel_graph(self.model, self._example, self.graph, statistics=units), columns)
        table = _Table(job, sources, targets, measured, found, weights)
        agreement = compare(
            {
                "weights": [table.weights(pair) for pair in pairs],
                "contribution": [table.contribution(pair) for pair in pairs],
            },
            [table.measured(pair) for pair in pairs],
        )
        return CheckResult(
            images=measured.images,
            pairs=tuple(table.pair(pair, place, agreement) for place, pair in enumerate(pairs)),
            weights=agreement.modes["weights"],
            contribution=agreement.modes["contribution"],
            better=None
            if agreement.better is None
            else ("weights" if agreement.better == "weights" else "contribution"),
            weak=agreement.weak,
            fill=job.fill,
            notes=tuple(dict.fromkeys((*said, *found.notes, *weights.notes))),
        )

    def _ablate(self, run: Run, job: AblateJob, tell: Tell) -> AblateResult:
        targets = _by_unit(run.graph, job.targets)
        reading = self._reading(job.images, tell, "removing clusters")
        found, said = self._measure(run, [job.removed], list(targets), fill=job.fill, reading=reading)
        labelled = int(found.class_images.sum())
        return AblateResult(
            images=found.images,
            drops=tuple(_mean(found.drops[each.unit][0], each.neurons) for each in job.targets),
            logit_drops=None if found.logit_drops is None else tuple(found.logit_drops[0].tolist()),
            accuracy=int(found.correct.sum()) / labelled if labelled else None,
            accuracy_after=int(found.correct_after[0].sum()) / labelled if labelled else None,
            classes=tuple(
                ClassEffect(
                    index=index,
                    images=int(images),
                    correct=int(found.correct[index]),
                    correct_after=int(found.correct_after[0, index]),
                )
                for index, images in enumerate(found.class_images)
                if images
            ),
            fill=job.fill,
            notes=said,
        )

    def _path(self, run: Run, job: PathJob, tell: Tell) -> PathResult:
        probe = run.statistics.probe()
        chosen = np.isin(probe.samples, np.array(job.samples, np.int64))
        some = ProbeSet(
            samples=probe.samples[chosen], labels=probe.labels[chosen], predictions=probe.predictions[chosen], means={}
        )
        count = len(self._reading(job.images, tell, "").samples(some))
        given = contribute_to_class(
            self.model,
            self._fitted[0],
            self.graph,
            probe=some,
            asked=ToClass(
                unit=job.last,
                label=job.label,
                classes=len(run.file.classes),
                label_of_output=self.class_map,
                output=self.output,
            ),
            reading=self._reading(job.images, tell, "contributions"),
        )
        found = connect(
            self.model,
            self._fitted[0],
            self.graph,
            probe=some,
            clusters={column.unit: column.clusters for column in job.columns},
            reading=self._reading(job.images, tell, "contributions", before=count),
        ).connections
        return PathResult(images=found.images, given=tuple(given.tolist()), data=contribution_bytes(found))

    def _answer(self, job: AnswerJob, tell: Tell) -> AnswerResult:
        return answer_given(
            Answering(
                model=self.model,
                graph=self.graph,
                source=self._fitted[0],
                device=self.device,
                output=self.output,
                class_map=self.class_map,
            ),
            job,
            tell,
        )

    def _measure(
        self, run: Run, removed: Sequence[ClusterNeurons], targets: list[str], *, fill: Fill, reading: ProbeReading
    ) -> tuple[Measured, tuple[str, ...]]:
        """Return what each removal takes away, and what a reader should know of it."""
        probe = run.statistics.probe()
        classes = len(run.file.classes) if run.snapshot.correct is not None else 0
        found = measure(
            self.model,
            self._fitted[0],
            self.graph,
            probe=probe,
            experiment=Experiment(
                interventions=[_intervention(run, each, fill) for each in removed],
                targets=targets,
                scores=Scoring(classes=classes, label_of_output=self.class_map, output=self.output),
            ),
            reading=reading,
        )
        chosen = np.isin(probe.samples, reading.samples(probe)) & (probe.labels >= 0)
        labelled = int(found.class_images.sum())
        expected = int((probe.predictions == probe.labels)[chosen].sum())
        if not labelled or abs(int(found.correct.sum()) - expected) <= _OTHERWISE * labelled:
            return found, ()
        return found, (
            f"The model predicts {int(found.correct.sum())} of {labelled} probe images right, "
            f"{expected} in the analysis: give the checkpoint and the preprocessing of the analysis.",
        )


@dataclass(frozen=True, eq=False)
class _Table:
    """Predicted and measured matrices between the clusters of two columns."""

    job: CheckJob
    sources: dict[str, list[int]]
    targets: dict[str, list[int]]
    effects: Measured
    contributions: ContributionConnections
    matrices: Connections

    def measured(self, pair: Pair) -> Float64[np.ndarray, "sources targets"]:
        """Return what removal takes away, per neuron removed: the scale on which connections are drawn."""
        rows = self.sources[pair[0]]
        drops = self.effects.drops[pair[1]][rows]
        means = [drops[:, list(self.job.targets[target].neurons)].mean(axis=1) for target in self.targets[pair[1]]]
        sizes = np.array([len(self.job.sources[row].neurons) for row in rows], np.float64)
        return np.stack(means, axis=1) / sizes[:, None]

    def contribution(self, pair: Pair) -> Float64[np.ndarray, "sources targets"] | None:
        """Return the mean over the source cluster's neurons."""
        if pair not in self.contributions.pairs:
            return None
        values = self.contributions.pairs[pair].values.astype(np.float64)
        return np.stack([values[list(self.job.sources[row].neurons)].mean(axis=0) for row in self.sources[pair[0]]])

    def weights(self, pair: Pair) -> Float64[np.ndarray, "sources targets"] | None:
        """Return excitation and inhibition together."""
        if pair not in self.matrices.pairs:
            return None
        left = [self.job.sources[row].neurons for row in self.sources[pair[0]]]
        right = [self.job.targets[row].neurons for row in self.targets[pair[1]]]
        found = aggregate(self.matrices.pairs[pair].values, left, right)
        return found.positive + found.negative

    def pair(self, pair: Pair, place: int, agreement: Agreement) -> CheckedPair:
        """Return everything about two columns."""
        return CheckedPair(
            source=pair[0],
            target=pair[1],
            sources=tuple(self.sources[pair[0]]),
            targets=tuple(self.targets[pair[1]]),
            measured=_rows(self.measured(pair)) or (),
            weights=_rows(self.weights(pair)),
            contribution=_rows(self.contribution(pair)),
            weights_agreement=agreement.pairs["weights"][place],
            contribution_agreement=agreement.pairs["contribution"][place],
        )


def _rows(values: Float64[np.ndarray, "sources targets"] | None) -> Rows | None:
    return None if values is None else tuple(tuple(row) for row in values.tolist())


def _by_unit(graph: LayerGraph, clusters: Sequence[ClusterNeurons]) -> dict[str, list[int]]:
    """Return the places of each unit's clusters.

    Raises:
        ModelError: A cluster is empty, or the network does not have its neurons.

    """
    places: dict[str, list[int]] = {}
    for place, cluster in enumerate(clusters):
        if not cluster.neurons:
            raise ModelError(f"A cluster of {cluster.unit} came without neurons.", "Give at least one neuron.")
        Intervention(unit=cluster.unit, neurons=cluster.neurons).checked(graph)
        places.setdefault(cluster.unit, []).append(place)
    return places


def _intervention(run: Run, removed: ClusterNeurons, fill: Fill) -> Intervention:
    intervention = Intervention(unit=removed.unit, neurons=removed.neurons).checked(run.graph)
    if fill == "zero":
        return intervention
    mean = run.statistics.array(removed.unit, "mean")
    values = tuple(float(mean[neuron]) for neuron in removed.neurons)
    return Intervention(unit=removed.unit, neurons=removed.neurons, values=values)


def _mean(values: Float64[np.ndarray, " neurons"], chosen: tuple[int, ...]) -> float:
    return float(values[list(chosen)].mean())
