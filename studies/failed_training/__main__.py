"""Run the study: `python -m studies.failed_training --data FOLDER`, with CIFAR-10's sheets in FOLDER."""

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

from cnnvis.cli.check import told
from cnnvis.compose.findings import find
from cnnvis.store.reader import read_run
from studies.failed_training.network import Kind
from studies.failed_training.picture import picture
from studies.failed_training.training import train


def main() -> int:
    """Train both networks for each seed, print the findings and the figures, and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with CIFAR-10 as sheets")
    parser.add_argument("-o", "--to", type=Path, default=Path("runs/failed_training"), help="folder for the runs")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--epochs", type=int, nargs=2, default=[4, 15], help="of the failing and of the mended network")
    parser.add_argument("--picture", type=Path, help="SVG to draw of the first seed")
    options = parser.parse_args()
    figures: list[dict[str, object]] = []
    for seed in options.seeds:
        kinds: tuple[Kind, Kind] = ("failing", "mended")
        for kind, epochs in zip(kinds, options.epochs, strict=True):
            to = options.to / f"{kind}-{seed}"
            begun = perf_counter()
            result = train(kind, options.data, to, seed=seed, images=options.images, epochs=epochs)
            row = {"kind": kind, "seed": seed, "epochs": epochs, "loss": round(result.loss, 3),
                   "test accuracy": round(result.accuracy, 4), "seconds": round(perf_counter() - begun)}  # fmt: skip
            figures.append(row)
            lines = [json.dumps(row), *told(find(read_run(to)), to.name), ""]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
    if options.picture is not None:
        runs = [read_run(options.to / f"{kind}-{options.seeds[0]}") for kind in ("failing", "mended")]
        options.picture.write_text(picture(runs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
