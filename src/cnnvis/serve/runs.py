"""The runs that one server offers: opened when first asked for, read again when their folder changed."""

import threading
from collections.abc import Sequence
from pathlib import Path

from cnnvis.compose.studio import Studio
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.scene import RunEntry
from cnnvis.serve.problems import NotFoundError
from cnnvis.store.layout import RUN_FILE
from cnnvis.store.reader import read_run


class RunShelf:
    """The given run folders under short ids; nothing else on disk can be reached through it.

    Args:
        folders: Run folders; their names become the ids, numbered when two are alike.

    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = _named(folders)
        self._open: dict[str, tuple[int, Studio]] = {}
        self._lock = threading.Lock()

    def studio(self, identity: str) -> Studio:
        """Return the run of this id, ready for drawing.

        Raises:
            NotFoundError: No run of this id is served.
            RunError: Its folder cannot be opened.

        """
        folder = self._folders.get(identity)
        if folder is None:
            message = f"No run {identity!r} is served here."
            raise NotFoundError(message, f"Served are: {', '.join(self._folders) or 'none'}.")
        with self._lock:
            changed = _change_time(folder)
            kept = self._open.get(identity)
            if kept is None or kept[0] != changed:
                kept = (changed, Studio(read_run(folder), identity=identity))
                self._open[identity] = kept
            return kept[1]

    def entries(self) -> list[RunEntry]:
        """Return one line per run, also for those that cannot be opened."""
        return [self._entry(identity) for identity in self._folders]

    def _entry(self, identity: str) -> RunEntry:
        try:
            return self.studio(identity).entry()
        except CnnvisError as error:
            return RunEntry(id=identity, name=identity, detail="cannot be opened", error=str(error))


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for folder in folders:
        name = folder.resolve().name or "run"
        identity, number = name, 2
        while identity in named:
            identity, number = f"{name}-{number}", number + 1
        named[identity] = folder
    return named


def _change_time(folder: Path) -> int:
    try:
        return (folder / RUN_FILE).stat().st_mtime_ns
    except OSError:
        return -1
