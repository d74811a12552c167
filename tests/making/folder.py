"""Small run folders on disk."""

from pathlib import Path

from cnnvis.store.writer import RunWriter
from tests import making


def write_run(path: Path, *, seed: int = 0, overwrite: bool = False, contributions: bool = True) -> Path:
    """Write a small finished run folder."""
    writer = RunWriter(path, overwrite=overwrite)
    writer.write_model(making.run_file(path.name), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_snapshot(making.snapshot_facts(), making.statistics(seed))
    if contributions:
        writer.write_contributions(making.contributions(seed))
    return writer.finish()
