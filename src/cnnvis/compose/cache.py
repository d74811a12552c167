"""Caches of what was composed: named by the content they were made from, safe to delete at any time."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from cnnvis.schema.errors import RunError
from cnnvis.store.files import write_bytes
from cnnvis.store.inside import inside
from cnnvis.store.layout import DERIVED, GRAPH_FILE, RUN_FILE, SNAPSHOT_FILE, SNAPSHOTS
from cnnvis.store.reader import Run

ALGORITHM = "15"
"""Raised by every change of an analysis or of the scene's form: older caches are then left aside."""


class DerivedCache:
    """Bytes that can be made again, kept in the run folder; in memory only where that cannot be written to.

    Args:
        run: The run that everything here is made from.
        written: Whether the run was written just now: else nothing is added to a run that came with cnnvis.
        algorithm: What it is made by; None: the analyses and scenes of this version.

    """

    def __init__(self, run: Run, *, written: bool = False, algorithm: str | None = None) -> None:
        self.version = _content_key(run, ALGORITHM if algorithm is None else algorithm)
        """Changes when the content or an algorithm changes: addresses carry it, so that browsers may keep the rest."""
        self._run = run.path
        self._keeps = written or not run.bundled
        self._memory: dict[str, bytes] = {}

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what is kept under a name, making it first when there is nothing."""
        data = self.find(name)
        if data is None:
            data = make()
            self.put(name, data)
        return data

    def find(self, name: str) -> bytes | None:
        """Return what is kept under a name; None when there is nothing."""
        if name not in self._memory:
            path = self._place(name)
            data = None if path is None else _kept(path)
            if data is None:
                return None
            self._memory[name] = data
        return self._memory[name]

    def put(self, name: str, data: bytes) -> None:
        """Keep something under a name, in place of what was there."""
        self._memory[name] = data
        path = self._place(name)
        if path is not None and self._keeps:
            _keep(path, data)

    def _place(self, name: str) -> Path | None:
        """Return where something is kept on the disk; None when that would be outside the run."""
        try:
            file = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
            return inside(self._run, DERIVED, self.version, file)
        except RunError:
            return None


def _kept(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _keep(path: Path, data: bytes) -> None:
    try:
        write_bytes(path, data)
    except RunError:
        # A read-only folder or a full disk: the picture is drawn all the same, from memory.
        return


def _content_key(run: Run, algorithm: str) -> str:
    """Return a name for the run's content: its front page, graph and snapshot."""
    digest = hashlib.blake2b(algorithm.encode(), digest_size=12)
    files: list[tuple[str, ...]] = [(RUN_FILE,), (GRAPH_FILE,)]
    if run.has_snapshot:
        files.append((SNAPSHOTS, str(run.snapshot.step), SNAPSHOT_FILE))
    for names in files:
        digest.update(inside(run.path, *names).read_bytes())
    return digest.hexdigest()
