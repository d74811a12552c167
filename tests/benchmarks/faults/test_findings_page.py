"""The tables of docs/reference/findings.md are the benchmark's output, about the trainings that there are now."""

import re
from collections import Counter

import diagnosis
import pytest
from faults import trials
from faults.judging import Score

from tools.tracked import ROOT

PAGE = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
SPARE = trials.PARTS["spare"]


def lines_after(heading: str) -> list[str]:
    """Return the lines of the page's table with this first line, ruler and all."""
    return PAGE[PAGE.index(heading) :].partition("\n\n")[0].splitlines()


def counts(line: str) -> tuple[int, int]:
    hits, count = re.findall(r"\| (\d+) (?:of|in) (\d+) \|", line)[0]
    return int(hits), int(count)


def published() -> Score:
    """Return the figures that the page's totals were made of."""
    named, first, alone, placed, spread, timed, alarmed, alarms = map(counts, lines_after("| | | share |")[2:])
    return Score(
        faulty=named[1], named=named[0], first=first[0], alone=alone[0], placed=placed[0], places=placed[1],
        spread=spread[0], spreads=spread[1], timed=timed[0], steps=timed[1], healthy=alarmed[1], alarms=alarms[0],
        alarmed=alarmed[0], slowest=0.0,
    )  # fmt: skip


def test_the_totals_are_as_the_benchmark_prints_them() -> None:
    assert lines_after("| | | share |") == diagnosis.totals(published()).splitlines()


def test_they_are_about_all_trainings_of_the_spare_part() -> None:
    assert (published().faulty, published().healthy) == (len(trials.faulty(SPARE)), len(trials.healthy(SPARE)))


def test_the_table_of_faults_has_the_benchmarks_columns_and_rows() -> None:
    heading, ruler, *rows = lines_after("| fault | trainings |")
    assert [heading, ruler] == diagnosis.by_fault([]).splitlines()
    cells = [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]
    trained = Counter(trial.expected for trial in trials.faulty(SPARE))
    assert [(row[0], int(row[1])) for row in cells] == list(trained.items())


@pytest.mark.parametrize(("column", "total"), [(2, "named"), (3, "alone")])
def test_its_rows_add_up_to_the_totals(column: int, total: str) -> None:
    rows = lines_after("| fault | trainings |")[2:]
    assert sum(int(row.strip("|").split("|")[column]) for row in rows) == getattr(published(), total)
