"""Run every benchmark and gather their figures in one table: `make bench`, or `make bench ARGS="--json FILE"`."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypedDict

from tools.tracked import ROOT


class Figure(TypedDict):
    """One measured number and what it is held against."""

    name: str
    value: float
    unit: str
    target: float | None
    better: str
    ok: bool | None


def run_benchmark(script: Path, folder: Path) -> list[Figure] | None:
    """Run one benchmark, showing what it prints; its figures, or None when it failed."""
    print(f"\n=== {script.relative_to(ROOT)}", flush=True)
    answer = folder / f"{script.stem}.json"
    ended = subprocess.run([sys.executable, str(script), "--json", str(answer)], cwd=ROOT, check=False)
    if not answer.is_file():
        return [] if ended.returncode == 0 else None
    return json.loads(answer.read_text(encoding="utf-8"))


def table(figures: list[Figure]) -> str:
    """Return the figures as a table of text."""
    width = max((len(figure["name"]) for figure in figures), default=4)
    lines = [f"{'figure':{width}}  {'value':>12}  {'target':>12}  ok"]
    for figure in figures:
        target = (
            "" if figure["target"] is None else f"{'<=' if figure['better'] == 'lower' else '>='} {figure['target']:g}"
        )
        verdict = {True: "yes", False: "NO", None: ""}[figure["ok"]]
        value = f"{figure['value']:.4g} {figure['unit']}"
        lines.append(f"{figure['name']:{width}}  {value:>12}  {target:>12}  {verdict}")
    return "\n".join(lines)


def main() -> int:
    """Run the benchmarks named on the command line, or all; 1 when one of them failed to run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run (default: all)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    options = parser.parse_args()
    scripts = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    chosen = [path for path in scripts if not options.names or path.stem in options.names]
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for script in chosen:
            result = run_benchmark(script, Path(folder))
            if result is None:
                failed.append(script.stem)
            figures += result or []
    print(f"\n{table(figures)}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for name in failed:
        print(f"{name} failed: its message stands above.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
