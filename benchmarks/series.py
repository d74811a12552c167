"""How a long recording feels: ten million points, from the text to the answers that the page asks for.

A small network is recorded for some steps; what was measured at the last one is then written again and again, with a
little noise, as a long training would have. Read from the text, from the copy that the first reading leaves, and asked
for whole and zoomed.
"""

import copy
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from _table import Row, arguments, report
from torch import nn

import cnnvis
from cnnvis.compose.training import Training
from cnnvis.schema.training import TrainingScene

PLOT = 1200
"""Pixels that a curve is drawn on."""
LAYERS = 20
READ, OPENED, ANSWER = 10.0, 2.0, 100.0
"""Seconds for reading all of the text once and for opening later; milliseconds for an answer and for a further step."""


def recorded(to: Path) -> None:
    """Record a network of twenty layers for some steps."""
    torch.manual_seed(0)
    layers = [nn.Sequential(nn.Conv2d(3 if number == 0 else 8, 8, 3, padding=1), nn.ReLU()) for number in range(LAYERS)]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    images, labels = torch.randn(16, 3, 8, 8), torch.arange(16) % 10
    with cnnvis.Recorder(network, optimizer, to=to, probe=(images, labels), every=1) as recorder:
        for _ in range(12):
            loss = nn.functional.cross_entropy(network(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss)


def steps(text: Path) -> list[dict[str, object]]:
    """Return what was written of the last step, a line each."""
    lines = [json.loads(line) for line in text.read_text(encoding="utf-8").splitlines()]
    of_steps = [line for line in lines if line["kind"] == "step"]
    return [line for line in of_steps if line["step"] == of_steps[-1]["step"]]


def longer(lines: list[dict[str, object]], first: int, count: int) -> Iterator[str]:
    """Yield the text of so many further steps, numbers moved by up to a tenth."""
    rng = np.random.default_rng(first)
    for step in range(first, first + count):
        factor = float(rng.uniform(0.9, 1.1))
        for line in lines:
            made = copy.deepcopy(line)
            made["step"] = step
            for name in ("run", "lists"):
                made[name] = {key: _scaled(value, factor) for key, value in dict(made.get(name, {})).items()}
            yield json.dumps(made, separators=(",", ":")) + "\n"


def _scaled(value: object, factor: float) -> object:
    if isinstance(value, list):
        return [_scaled(one, factor) for one in value]
    return round(value * factor, 7) if isinstance(value, float) else value


def points(lines: list[dict[str, object]]) -> int:
    """Return how many numbers these lines hold."""
    values = [value for line in lines for name in ("run", "lists") for value in dict(line.get(name, {})).values()]
    return sum(len(value) if isinstance(value, list) else 1 for value in values)


def seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def median(call: Callable[[], object]) -> float:
    return float(np.median([seconds(call) for _ in range(5)]))


def opened(run: Path) -> tuple[Training, TrainingScene]:
    """Return a training with all of its series read, and what there is to draw of it."""
    training = Training(run)
    return training, training.scene()


def main() -> int:
    parser = arguments(__doc__ or "")
    parser.add_argument("--points", type=int, default=10_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        recorded(run)
        text = run / "series" / "0.jsonl"
        lines = steps(text)
        first, count = int(str(lines[0]["step"])) + 1, -(-given.points // points(lines))
        with text.open("a", encoding="utf-8") as file:
            file.writelines(longer(lines, first, count))
        cold = seconds(lambda: opened(run))
        warm = seconds(lambda: opened(run))
        training, scene = opened(run)
        plots = [(curve.name, curve.place) for plot in scene.plots for curve in plot.curves]
        rows = [row.id for row in scene.rows]
        middle = first + count // 2
        near = (middle, middle + count // 50)
        answers: dict[str, Callable[[], object]] = {
            f"{len(plots)} curves, all steps": lambda: training.curves(plots, buckets=PLOT),
            f"{len(plots)} curves, a fiftieth of the steps": lambda: training.curves(plots, buckets=PLOT, span=near),
            f"{len(rows)} rows of {LAYERS + 1} layers, all steps": lambda: training.layers(rows, buckets=100),
            f"{len(rows)} rows, a fiftieth of the steps": lambda: training.layers(rows, buckets=100, span=near),
            "all layers at one step": lambda: training.at(middle),
        }
        taken = {name: median(call) for name, call in answers.items()}
        taken["findings, once"] = seconds(training.findings)
        further = longer(lines, first + count, 5)

        def news() -> None:
            with text.open("a", encoding="utf-8") as file:
                file.write(next(further))
            training.update()

        taken["one more step"] = median(news)
        size = text.stat().st_size
    found = [
        Row(name="points", value=count * points(lines), unit="", target=None),
        Row(name="text", value=size / 1e6, unit="MB", target=None),
        Row(name="read from the text, once", value=cold, unit="s", target=READ),
        Row(name="read from its copy, as later servers do", value=warm, unit="s", target=OPENED),
        *(
            Row(name=name, value=1000 * value, unit="ms", target=None if "once" in name else ANSWER)
            for name, value in taken.items()
        ),
    ]
    report(found, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
