"""Print how well the clusters of each layer line up with the factors, as the table of the documentation.

python -m tests.factors                the six trainings of the slow test
python -m tests.factors --seeds 1
"""

import argparse
import statistics
import sys

import torch

from tests.factors.images import factor_images
from tests.factors.measure import Agreement, agreements
from tests.factors.network import accuracy, trained_network
from tests.factors.sizes import FULL, TRAININGS


def table(runs: list[list[Agreement]]) -> str:
    """Return Markdown: one line per layer, indices as the mean over the trainings and, in brackets, their least."""
    lines = [
        "| layer | neurons that fire | clusters | variance explained by the best factor | clusters ~ factor and value "
        "| clusters ~ factor | labels shuffled: mean, 95 % below |",
        "|---|---|---|---|---|---|---|",
    ]
    for parts in zip(*runs, strict=True):
        values = [part.by_value for part in parts]
        lines.append(
            f"| `{parts[0].layer}` | {_span([part.neurons for part in parts])} "
            f"| {_span([part.clusters for part in parts])} | {statistics.mean(part.explained for part in parts):.2f} "
            f"| {statistics.mean(values):.2f} ({min(values):.2f}) "
            f"| {statistics.mean(part.by_factor for part in parts):.2f} "
            f"| {statistics.mean(part.shuffled for part in parts):.2f}, "
            f"{max(part.highest_shuffled for part in parts):.2f} |"
        )
    return "\n".join(lines)


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if min(numbers) == max(numbers) else f"{min(numbers)}-{max(numbers)}"


def main() -> None:
    """Train, watch and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seeds", type=int, default=TRAININGS, help=f"trainings, each from other random weights ({TRAININGS})"
    )
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    trained_on, held_out = factor_images(FULL.each, seed=0), factor_images(FULL.watched, seed=1)
    runs: list[list[Agreement]] = []
    for seed in range(chosen.seeds):
        network = trained_network(trained_on, epochs=FULL.epochs, seed=seed)
        right = 100 * accuracy(network, held_out)
        sys.stdout.write(f"training {seed}: {right:.1f} % of {len(held_out.labels)} held-out images\n")
        runs.append(agreements(network, held_out))
    sys.stdout.write(table(runs) + "\n")


if __name__ == "__main__":
    main()
