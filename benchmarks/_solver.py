"""Lengths of paths found by a dedicated solver: stored ones, or anew on request.

The solver (fast-tsp: local search with perturbation, compiled) takes a minute per matrix, so the shortest path it ever
found for one is kept in ``solver_lengths.json``, with how it was found. A length counts only for the very matrix it was
found for, which is known by a hash of its values in single precision.
"""

import hashlib
import json
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from cnnvis.analysis.reorder import path_length
from cnnvis.analysis.reorder.distances import distances

STORED = Path(__file__).with_name("solver_lengths.json")
FINENESS = 60_000
"""The solver takes whole distances that fit into 16 bits."""


def fingerprint(rows: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(rows, dtype=np.float32).tobytes()).hexdigest()[:16]


def all_stored() -> dict[str, Any]:
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {}


def solve(name: str, rows: np.ndarray, seconds: float) -> dict[str, Any] | None:
    """Let the solver work so long and store what it found, if shorter; None where it is not installed."""
    if not find_spec("fast_tsp"):
        return None
    import fast_tsp  # pyright: ignore[reportMissingImports]

    apart = distances(rows)
    # A path is a round trip through one city more that is at distance 0 from all.
    closed = np.zeros((len(rows) + 1, len(rows) + 1), dtype=np.int64)
    closed[:-1, :-1] = np.rint(apart / apart.max() * FINENESS)
    wall, cpu = perf_counter(), process_time()
    tour = fast_tsp.find_tour(closed, duration_seconds=seconds)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    cut = tour.index(len(rows))
    found = {
        "matrix": name,
        "shape": list(rows.shape),
        "length": path_length(rows, np.array(tour[cut + 1 :] + tour[:cut])),
        "solver": f"fast-tsp {version('fast-tsp')}",
        "seconds": round(wall, 1),
        "processor_seconds": round(cpu, 1),
    }
    known = all_stored()
    before = known.get(fingerprint(rows))
    if before is None or found["length"] < before["length"]:
        known[fingerprint(rows)] = found
        STORED.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found
