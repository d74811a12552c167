"""Run the study: `python -m studies.failed_training --data FOLDER`, with CIFAR-10's sheets in FOLDER.

For each seed both networks are trained for as many epochs on the same images, recorded at the recorder's defaults, and
diagnosed. Exit code 1 when one of them does not do what the study says.
"""

import argparse
import sys
from pathlib import Path
from time import perf_counter

import torch

from cnnvis.cli.check import told
from cnnvis.compose.findings import find
from cnnvis.store.reader import read_run
from studies.failed_training.network import Kind
from studies.failed_training.picture import curves, layers
from studies.failed_training.training import EPOCHS, train

FAILED, LEARNED = 0.15, 0.5
"""Test accuracy that the failing network stays below, and that the mended one reaches."""
CAUSE = "dead-relu"


def main() -> int:
    """Train both networks for each seed, print the findings and the figures, and draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with CIFAR-10 as sheets")
    parser.add_argument("-o", "--to", type=Path, default=Path("runs/failed_training"), help="folder for the runs")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=Path, help="folder for the pictures (failed-training-*.svg)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    lines = ["| network | seed | epochs | loss at the end | test accuracy | finding | seconds |", "|" + "---|" * 7]
    right = True
    kinds: tuple[Kind, Kind] = ("failing", "mended")
    for seed in options.seeds:
        for kind in kinds:
            to = options.to / f"{kind}-{seed}"
            begun = perf_counter()
            result = train(kind, options.data, to, seed=seed, images=options.images, epochs=options.epochs)
            seconds = perf_counter() - begun
            diagnosis = find(read_run(to))
            named = [finding.rule for finding in diagnosis.findings]
            expected = [CAUSE] if kind == "failing" else []
            kept = result.accuracy <= FAILED if kind == "failing" else result.accuracy >= LEARNED
            right = right and kept and named == expected
            cells = (kind, seed, options.epochs, f"{result.loss:.3f}", f"{100 * result.accuracy:.1f} %",
                     ", ".join(named) or "none", f"{seconds:.0f}")  # fmt: skip
            lines.append(f"| {' | '.join(map(str, cells))} |")
            sys.stdout.write("\n".join([*told(diagnosis, to.name), "", ""]))
            sys.stdout.flush()
    sys.stdout.write("\n".join([*lines, ""]))
    if options.pictures is not None:
        runs = {kind: [read_run(options.to / f"{kind}-{seed}") for seed in options.seeds] for kind in kinds}
        drawn = {"layers": layers([runs[kind][0] for kind in kinds]), "curves": curves(runs)}
        for name, picture in drawn.items():
            (options.pictures / f"failed-training-{name}.svg").write_text(picture, encoding="utf-8")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
