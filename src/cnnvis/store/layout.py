"""Names of everything in a run folder (specified in docs/reference/run-folder.md)."""

from pathlib import Path

RUN_FILE = "run.json"
GRAPH_FILE = "graph.json"
SNAPSHOTS = "snapshots"
SNAPSHOT_FILE = "snapshot.json"
STATISTICS_FILE = "statistics.safetensors"
PROBE_FILE = "probe.safetensors"
CONTRIBUTIONS_FILE = "contributions.safetensors"
CONNECTIONS_FILE = "connections.safetensors"
CONTRIBUTION_CONNECTIONS_FILE = "contribution-connections.safetensors"
MAPS_FILE = "maps.safetensors"
IMAGES = "images"
PIXELS_FILE = "pixels.bin"
INDEX_FILE = "index.safetensors"
SERIES = "series"
SERIES_FILE = "0.jsonl"
SNAPSHOT_REQUEST = "snapshot.wanted"
EDITS_FILE = "edits.sqlite"
DERIVED = "derived"
RESUME = "resume"


def staging_folder(run: Path) -> Path:
    """Return where a run is put together before it takes its name, beside its final place (same file system)."""
    return run.parent / f".{run.name}.writing"


def retired_folder(run: Path) -> Path:
    """Return where an overwritten run waits for the moment in which the new one takes its name."""
    return run.parent / f".{run.name}.old"


def lock_file(run: Path) -> Path:
    """Return the file that is locked while a run is written."""
    return run.parent / f".{run.name}.lock"
