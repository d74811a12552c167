"""The runs that benchmarks look at."""

import subprocess
import sys

import _runs


def test_the_trained_networks_are_found_by_a_program_of_its_own() -> None:
    """The benchmark of edits once stopped at the example's import of its neighbour."""
    code = "import _runs; print(*_runs.known_networks().KNOWN)"
    found = subprocess.run([sys.executable, "-c", code], cwd=_runs.ROOT / "benchmarks", capture_output=True, check=True)
    assert set(found.stdout.decode().split()) >= _runs.IMAGES.keys()
