"""The fault suite: how many injected faults are named, how many sound trainings are alarmed about (design: diagnose).

Rules and thresholds were chosen on the development part; the hold-out has other architectures and other data sets.
`--tenth` trains every tenth of the hold-out, which is what runs by itself; `--all` the whole, for half an hour on two
cores. `--keep FOLDER` keeps the recorded trainings there and does not train again what is there already.
"""

import tempfile
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from _table import Row, arguments, report
from faults import trials
from faults.images import available
from faults.judging import Score, Verdict, judge, score, wilson
from faults.setup import Trial
from faults.training import run

ROUNDS = {"development": 2, "hold-out": 4}
NAMED, ALARMS = 0.95, 0.05


def chosen(part: trials.Part, *, tenth: bool) -> list[Trial]:
    found = trials.faulty(part) + trials.healthy(part, ROUNDS[part])
    return found[::10] if tenth else found


def verdicts(wanted: Sequence[Trial], folder: Path) -> list[Verdict]:
    found: list[Verdict] = []
    for trial in wanted:
        to = folder / trial.name
        series = to / "series" / "0.jsonl"
        if not series.is_file() or '"finished"' not in series.read_text(encoding="utf-8"):
            run(trial.setup, to)
        found.append(judge(trial, to))
    return found


def table(found: Sequence[Verdict]) -> str:
    """Return a line of Markdown for each fault."""
    by_fault: dict[str, list[Verdict]] = defaultdict(list)
    for one in found:
        by_fault[one.trial.expected or "(healthy)"].append(one)
    lines = ["| fault | runs | named | first of all | right layer |", "|---|---|---|---|---|"]
    for name, group in by_fault.items():
        placed = [one for one in group if one.trial.place]
        if name == "(healthy)":
            lines.append(f"| {name} | {len(group)} | {sum(bool(one.found) for one in group)} alarmed | | |")
            continue
        where = f"{sum(bool(one.place) for one in placed)} of {len(placed)}" if placed else ""
        named, first = sum(one.named for one in group), sum(one.first for one in group)
        lines.append(f"| `{name}` | {len(group)} | {named} | {first} | {where} |")
    return "\n".join(lines)


def rows(part: str, figures: Score) -> list[Row]:
    low, high = wilson(figures.named, figures.faulty)
    alarm_low, alarm_high = wilson(figures.alarmed, figures.healthy)
    held = part == "hold-out"
    share = figures.named / max(1, figures.faulty)
    alarms = figures.alarms / max(1, figures.healthy)
    return [
        Row(name=f"{part}: faults named", value=share, unit="", target=NAMED if held else None, better="higher"),
        Row(name=f"{part}: ... lower end of 95 % interval", value=low, unit="", target=None),
        Row(name=f"{part}: ... upper end", value=high, unit="", target=None),
        Row(name=f"{part}: named as the first", value=figures.first / max(1, figures.faulty), unit="", target=None),
        Row(name=f"{part}: right layer", value=figures.placed / max(1, figures.places), unit="", target=None),
        Row(name=f"{part}: false alarms per healthy run", value=alarms, unit="", target=ALARMS if held else None),
        Row(name=f"{part}: ... healthy runs alarmed, lower end", value=alarm_low, unit="", target=None),
        Row(name=f"{part}: ... upper end", value=alarm_high, unit="", target=None),
        Row(name=f"{part}: trainings", value=figures.faulty + figures.healthy, unit="runs", target=None),
    ]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--part", choices=("development", "hold-out"), default="hold-out")
    parser.add_argument("--all", action="store_true", help="all trainings of the part, not a tenth")
    parser.add_argument("--keep", type=Path, help="folder that the recorded trainings stay in")
    parser.add_argument("--table", action="store_true", help="print a table by fault, as it stands in the docs")
    options = parser.parse_args()
    if options.part == "hold-out" and not available("cifar10"):
        print("No shared data here: the hold-out needs Fashion-MNIST and CIFAR-10 (set CNNVIS_TEST_DATA).")
        return
    warnings.simplefilter("ignore")  # trainings that are meant to fail do so with warnings
    with tempfile.TemporaryDirectory() as spare:
        found = verdicts(chosen(options.part, tenth=not options.all), options.keep or Path(spare))
    if options.table:
        print(table(found) + "\n")
    report(rows(options.part, score(found)), options.json)


if __name__ == "__main__":
    main()
