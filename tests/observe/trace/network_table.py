"""What trace makes of each network, as a table for the docs.

Write it anew with ``python -m tests.observe.trace.network_table`` (needs torchvision and timm).
"""

import importlib
import sys
import warnings
from collections import Counter
from pathlib import Path

import torch

from cnnvis.observe.trace import trace
from cnnvis.schema.graph import LayerGraph
from tests.observe.networks import NETWORKS, Network
from tests.outside import import_torchvision

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "networks.md"

_HEAD = """# Networks

What `trace` makes of classification networks of torchvision {torchvision} and timm {timm}, with random weights and the
smallest input that suits each. A slow test (`tests/observe/trace/test_networks.py`) checks names and shapes against
plain forward hooks, that the edges are those of PyTorch's own graph of gradients and lead from the image to the logits,
and the receptive fields against gradients; it also checks this table, which
`python -m tests.observe.trace.network_table` writes.

**Units** are layers of neurons, **neurons** those with a non-linearity. The last columns count layers by what is known
of their receptive field: `exact`, a `bound`, or the `whole input` (layers after a channel gate, attention or a norm
over positions). A network that fails is listed with what it said.

| network | input | layers | units | neurons | exact | bound | whole input | remarks |
|---|---|---:|---:|---:|---:|---:|---:|---|
"""


def row(network: Network, graph: LayerGraph) -> str:
    """Return a network's line of the table."""
    status = Counter(layer.field.status for layer in graph.layers)
    neurons = sum(unit.neurons for unit in graph.units if unit.activation)
    remarks = list(graph.notes)
    if graph.failure is not None:
        remarks.insert(0, f"fails in `{graph.failure.path}`: {graph.failure.message}")
    cells = [
        f"`{network}`", f"{network.size} × {network.size}", len(graph.layers), len(graph.units), f"{neurons:,}",
        status["exact"], status["bound"], status["whole input"], " ".join(remarks),
    ]  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def versions() -> dict[str, str]:
    """Return the versions of the libraries whose networks are listed."""
    return {name: importlib.import_module(name).__version__.partition("+")[0] for name in ("torchvision", "timm")}


def page() -> str:
    """Return the whole page of the docs."""
    rows = [row(network, trace(network.build(), network.example())) for network in NETWORKS]
    return _HEAD.format(**versions()) + "\n".join(rows) + "\n"


def main() -> int:
    """Write the page."""
    import_torchvision()
    torch.set_num_threads(2)
    warnings.simplefilter("ignore")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
