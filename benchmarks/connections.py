"""How well each meaning of a connection ranks what removing its source cluster really does.

On really trained networks: eight clusters of each column's representative layer, the connection of every source with
every target by weights and by contribution, and the measured drop of the target's mean before its
non-linearity when the source cluster's maps are set to zero, per neuron removed, on the probe images. The figure is
Spearman's rank correlation over the pairs of clusters of two columns, averaged over the pairs of columns between which
there is a path that passes no third. Beside it: the same for neighbouring columns alone, with the columns in between
held as they were (the direct effect), and for whole clusters instead of per neuron.
"""

import sys
from collections.abc import Iterator, Sequence
from time import process_time
from types import ModuleType

import numpy as np
import torch
from _runs import DATA, known_networks, module_at
from _table import Row, arguments, report

from cnnvis.analysis.agreement import compare
from cnnvis.analysis.cluster import cluster_neurons, has_profiles, probe_features, profile_features
from cnnvis.analysis.connect import aggregate, channel_matrices
from cnnvis.analysis.group import group_layers
from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.observe.connect import ProbeReading, connect, linked_pairs
from cnnvis.observe.inputs import DataOptions, from_dataset
from cnnvis.observe.intervene import Experiment, Intervention, measure
from cnnvis.observe.trace import trace
from cnnvis.observe.weights import channel_graph
from cnnvis.schema.connections import Pair
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.statistics import NeuronStatistics

NETWORKS = ("resnet20", "squeezenet", "mobilenet_v2")
Clusters = tuple[tuple[int, ...], ...]
Matrix = np.ndarray


def clusters_of(found: NeuronStatistics, graph: LayerGraph, columns: Sequence[str], count: int) -> dict[str, Clusters]:
    """Return every column's clusters, so many of each that live, by the page's method."""
    result: dict[str, Clusters] = {}
    for column in columns:
        unit = found.units[column]
        if has_profiles(found.class_images):
            profiles = profile_features(unit.after_mean, unit.mean, unit.std, found.class_images)
            features = profiles[:, found.class_images > 0]
        else:
            features = probe_features(found.probe.means[column].astype(np.float64))
        rectified = graph.unit(column).rectified
        dead = unit.never_active if rectified else np.zeros(len(unit.mean), np.bool_)
        assignment = cluster_neurons(features, dead, k=min(count, int((~dead).sum()))).assignment
        result[column] = tuple(
            tuple(np.flatnonzero(assignment == cluster).tolist()) for cluster in range(int(assignment.max()) + 1)
        )
    return result


class Network:
    """One trained network with its statistics and clusters, ready to be tried."""

    def __init__(self, name: str, known: ModuleType, *, images: int, data: int, clusters: int) -> None:
        networks = module_at("networks", DATA / "networks.py")
        facts = known.KNOWN[name]
        self.model = known.load(facts, DATA, networks).eval()
        dataset, names = facts.data(DATA, networks)
        options = DataOptions(batch_size=50, limit=data)
        self.source = from_dataset(dataset, preprocess=facts.preprocess, options=options)
        self.example = next(self.source.batches()).inputs.take(slice(0, 4))
        self.graph = trace(self.model, self.example.take(slice(0, 1)))
        columns = list(dict.fromkeys(group.representative for group in group_layers(self.graph).groups))
        choices = CollectOptions(
            classes=len(names or self.source.class_names or ()),
            representatives=tuple(columns),
            probe_images=images,
            device="cpu",
            label_of_output=known.class_map(facts),
        )
        self.statistics = collect(self.model, self.source, self.graph, options=choices).statistics
        self.clusters = clusters_of(self.statistics, self.graph, columns, clusters)
        self.columns = columns
        self.pairs = linked_pairs(self.graph, columns)
        self.reading = ProbeReading(device="cpu")

    def measured(self, *, held: bool) -> dict[Pair, Matrix]:
        """Return the drop of each target cluster when each source cluster is removed."""
        sources = sorted({source for source, _ in self.pairs}, key=self.columns.index)
        removed = [(name, neurons) for name in sources for neurons in self.clusters[name]]
        found = measure(
            self.model,
            self.source,
            self.graph,
            probe=self.statistics.probe,
            experiment=Experiment(
                interventions=[Intervention(unit=name, neurons=neurons) for name, neurons in removed],
                targets=list(dict.fromkeys(target for _, target in self.pairs)),
                held=self.columns if held else (),
            ),
            reading=self.reading,
        )
        rows = {name: [row for row, (unit, _) in enumerate(removed) if unit == name] for name in sources}
        return {
            (source, target): np.stack(
                [found.drops[target][rows[source]][:, list(each)].mean(axis=1) for each in self.clusters[target]],
                axis=1,
            )
            for source, target in self.pairs
        }

    def by_weights(self) -> dict[Pair, Matrix]:
        maps = channel_graph(self.model, self.example, self.graph, statistics=self.statistics.units)
        found = channel_matrices(maps, self.columns).pairs
        result: dict[Pair, Matrix] = {}
        for pair in self.pairs:
            if pair in found:
                shares = aggregate(found[pair].values, self.clusters[pair[0]], self.clusters[pair[1]])
                result[pair] = shares.positive + shares.negative
        return result

    def by_contribution(self) -> dict[Pair, Matrix]:
        found = connect(
            self.model,
            self.source,
            self.graph,
            probe=self.statistics.probe,
            clusters=self.clusters,
            reading=self.reading,
        ).connections
        return {
            pair: np.stack([found.pairs[pair].values[list(each)].mean(axis=0) for each in self.clusters[pair[0]]])
            for pair in self.pairs
        }

    def sizes(self, pair: Pair) -> Matrix:
        return np.array([len(each) for each in self.clusters[pair[0]]], np.float64)[:, None]

    def neighbours(self) -> list[Pair]:
        places = {column: place for place, column in enumerate(self.columns)}
        return [(a, b) for a, b in self.pairs if places[b] == places[a] + 1]


def figures(name: str, network: Network) -> Iterator[Row]:
    started = process_time()
    contribution = network.by_contribution()
    seconds = process_time() - started
    started = process_time()
    weights = network.by_weights()
    swept = process_time() - started
    started = process_time()
    total = network.measured(held=False)
    removing = process_time() - started
    pairs, neighbours = list(network.pairs), network.neighbours()
    # Without a path that jumps a column nothing is held, and removal is the direct effect.
    direct = total if neighbours == pairs else network.measured(held=True)
    cases = {
        "removal": (pairs, total, False),
        "removal, neighbouring columns": (neighbours, total, False),
        "direct effect": (pairs, direct, False),
        "removal, whole clusters": (pairs, total, True),
    }
    for title, (chosen, effects, whole) in cases.items():
        scale = [network.sizes(pair) for pair in chosen]
        one = [1.0 if whole else size for size in scale]
        factor = [size if whole else 1.0 for size in scale]
        agreement = compare(
            {
                "weights": [weights[p] * f if p in weights else None for p, f in zip(chosen, factor, strict=True)],
                "contribution": [contribution[p] * f for p, f in zip(chosen, factor, strict=True)],
            },
            [effects[pair] / divisor for pair, divisor in zip(chosen, one, strict=True)],
        )
        for mode, value in agreement.modes.items():
            number = float("nan") if value is None else value
            yield Row(name=f"{name}: {title}: {mode}", value=number, unit="rho", target=None, better="higher")
        if title == "removal":
            for place, pair in enumerate(pairs):
                for mode, values in agreement.pairs.items():
                    number = values[place]
                    value = float("nan") if number is None else number
                    yield Row(
                        name=f"  {pair[0]} -> {pair[1]}: {mode}", value=value, unit="rho", target=None, better="higher"
                    )
    clusters = sum(len(each) for each in network.clusters.values())
    yield Row(name=f"{name}: columns", value=len(network.columns), unit="", target=None)
    yield Row(name=f"{name}: clusters", value=clusters, unit="", target=None)
    yield Row(name=f"{name}: probe images", value=len(network.statistics.probe.samples), unit="images", target=None)
    yield Row(name=f"{name}: contribution pass", value=seconds, unit="s (CPU)", target=None)
    yield Row(name=f"{name}: weights", value=swept, unit="s (CPU)", target=None)
    yield Row(name=f"{name}: removing every cluster", value=removing, unit="s (CPU)", target=None)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("names", nargs="*", default=list(NETWORKS), metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--images", type=int, default=200, help="probe images at most")
    parser.add_argument("--data", type=int, default=1000, help="images that the statistics are collected from")
    parser.add_argument("--clusters", type=int, default=8, help="clusters per column")
    parser.add_argument("--threads", type=int)
    chosen = parser.parse_args()
    if not (DATA / "networks.py").is_file():
        sys.exit(f"This benchmark needs networks.py in {DATA}.")
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    known = known_networks()
    rows: list[Row] = []
    for name in chosen.names:
        network = Network(name, known, images=chosen.images, data=chosen.data, clusters=chosen.clusters)
        rows.extend(figures(name, network))
    report(rows, chosen.json)


if __name__ == "__main__":
    main()
