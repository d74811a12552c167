"""Print measured numbers beside their targets, and write them as JSON on request (design, section 6)."""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured number; `target` None: no promise, only a report."""

    name: str
    value: float
    unit: str
    target: float | None
    better: Literal["lower", "higher"] = "lower"

    @property
    def ok(self) -> bool:
        """Whether the target is held."""
        if self.target is None:
            return True
        return self.value <= self.target if self.better == "lower" else self.value >= self.target


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser that knows ``--json FILE``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to this file")
    return parser


def report(rows: list[Row], file: Path | None) -> None:
    """Print the table, and write it as a list of name, value, unit, target, better and ok."""
    width = max(len(row.name) for row in rows)
    for row in rows:
        sign = "≤" if row.better == "lower" else "≥"
        target = "" if row.target is None else f"{sign} {row.target:g}  {'ok' if row.ok else 'MISSED'}"
        print(f"{row.name:<{width}}  {row.value:>10.4g} {row.unit:<8} {target}")
    if file is not None:
        values = [asdict(row) | {"ok": row.ok} for row in rows]
        file.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
