"""What an analysis finds out about connections, neither part of which may lose the collected run."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from tqdm import tqdm

from cnnvis.analysis.connect import channel_matrices
from cnnvis.compose.members import members_of
from cnnvis.compose.words import megabytes
from cnnvis.observe import Model
from cnnvis.observe.connect import ProbeReading, connect, linked_pairs
from cnnvis.observe.inputs.source import Batch, ImageSource
from cnnvis.observe.weights import channel_graph
from cnnvis.schema.connections import Connections, ContributionConnections
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.grouping import Grouping
from cnnvis.schema.run import SnapshotFacts
from cnnvis.schema.scene import LayerScene
from cnnvis.schema.statistics import NeuronStatistics, ProbeSet

MOST_BYTES = 256_000_000
"""So much the matrices between all layers may take on disk: twice as much as those of ResNet-50."""
EXAMPLES = 4
"""Images that the network's weights are read on: only the spread of layer norms depends on them."""
FEWEST_IMAGES, MOST_IMAGES = 20, 200
CLUSTERS = 6
"""So many clusters a column has, in the middle."""
LEAST_SECONDS = 10.0
"""About so long the pass for contributions may take in any case; else as long as the pass over the data took."""
VALUE_SECONDS = 2e-9
"""What a forward pass is taken to cost per value of its maps; 0.7e-9 to 4.4e-9 were measured in four networks."""

_FAILURES = (CnnvisError, RuntimeError, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True, eq=False)
class ByWeight:
    """Connections by weight, or why there are none."""

    connections: Connections | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ByContribution:
    """Connections by contribution, or why there are none."""

    connections: ContributionConnections | None = None
    warnings: tuple[str, ...] = ()


def connect_by_weight(
    model: Model, first: Batch, graph: LayerGraph, grouping: Grouping, statistics: NeuronStatistics
) -> ByWeight:
    """Return the signed matrices between all layers, from which those between any columns follow.

    Of a network whose matrices would be too large, those between groups and blocks.
    """
    columns = [unit.id for unit in graph.units if unit.id in statistics.units]
    needed = matrix_bytes(graph, columns)
    warnings: tuple[str, ...] = ()
    if needed > MOST_BYTES:
        columns = _blocks(grouping)
        warnings = (
            f"Connections by weight between all layers would take {megabytes(needed)}: they are kept for groups and "
            "blocks only.",
        )
    try:
        maps = channel_graph(model, first.inputs.take(slice(0, EXAMPLES)), graph, statistics=statistics.units)
        return ByWeight(connections=channel_matrices(maps, columns), warnings=warnings)
    except _FAILURES as error:
        return ByWeight(warnings=(f"Connections by weight failed ({_reason(error)}); all else is there.",))


def matrix_bytes(graph: LayerGraph, columns: Sequence[str]) -> int:
    """Return how much the matrices between these columns take on disk, shortcuts counted in full."""
    neurons = {unit.id: unit.neurons for unit in graph.units}
    return sum(2 * neurons[source] * neurons[target] for source, target in linked_pairs(graph, columns))


def _blocks(grouping: Grouping) -> list[str]:
    groups = grouping.groups
    blocks = (block.representative for group in groups for block in group.blocks)
    return list(dict.fromkeys([*(group.representative for group in groups), *blocks]))


def connect_by_contribution(
    model: Model,
    source: ImageSource,
    graph: LayerGraph,
    *,
    probe: ProbeSet,
    layers: Sequence[LayerScene],
    facts: SnapshotFacts,
    device: str | None,
    progress: bool,
) -> ByContribution:
    """Return what each neuron of a column contributes to each cluster of a later one.

    Args:
        model: The network.
        source: The data, read once more as far as needed.
        graph: The network's layers.
        probe: The probe set.
        layers: The clusters of each column, from left to right.
        facts: How many images the pass over the data has seen: this one takes about as long.
        device: Where the model runs.
        progress: Whether to show a progress bar.

    """
    clusters = members_of(layers)
    images = contribution_images(facts.images_seen, graph, sum(len(column) for column in clusters.values()))
    with tqdm(desc="connections", unit="pass", disable=not progress, delay=2, leave=False) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        reading = ProbeReading(device=device, images=images, progress=advance)
        try:
            found = connect(model, source, graph, probe=probe, clusters=clusters, reading=reading)
        except KeyboardInterrupt:
            return ByContribution(warnings=("Connections by contribution were left out: interrupted.",))
        except _FAILURES as error:
            warning = f"Connections by contribution failed ({_reason(error)}); those by weight are there."
            return ByContribution(warnings=(warning,))
    return ByContribution(connections=found.connections)


def contribution_images(images: int, graph: LayerGraph, clusters: int) -> int:
    """Return on how many images to look at contributions: one backward pass per cluster costs about a forward pass.

    The same in every analysis of the same data and network: seconds that were measured would each time give other
    images, so other connections and another order of the cards.

    Args:
        images: Images that the pass over the data has seen.
        graph: The network's layers.
        clusters: Clusters of all columns together.

    """
    least = LEAST_SECONDS / max(VALUE_SECONDS * sum(prod(layer.shape) for layer in graph.layers), 1e-9)
    return int(min(MOST_IMAGES, max(FEWEST_IMAGES, max(images, least) / (1 + clusters))))


def connection_seconds(images: int, each: float, graph: LayerGraph, columns: int) -> float:
    """Return about how long connections by contribution take.

    Args:
        images: Images of the data.
        each: Seconds that the pass over the data takes per image.
        graph: The network's layers.
        columns: Columns of the picture, of which the clusters are not known yet.

    """
    clusters = CLUSTERS * columns
    return contribution_images(images, graph, clusters) * each * (1 + clusters)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
