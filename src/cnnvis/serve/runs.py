"""The runs that one server offers: opened when first asked for, read again when their folder changed."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from cnnvis.compose.studio import Studio
from cnnvis.compose.training import Training
from cnnvis.schema.errors import AbsentError, CnnvisError
from cnnvis.schema.scene import RunEntry
from cnnvis.serve.problems import NotFoundError
from cnnvis.store.layout import RUN_FILE, SERIES, SERIES_FILE, SNAPSHOT_FILE, SNAPSHOTS
from cnnvis.store.reader import read_run

_Key = tuple[str, int, tuple[int, ...], int]
KEPT = 32
"""Snapshots of all runs together that are kept ready for drawing."""


class RunShelf:
    """The given run folders under short ids; nothing else on disk can be reached through it.

    Args:
        folders: Run folders; their names become the ids, numbered when two are alike.

    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = _named(folders)
        self._studios: OrderedDict[_Key, Studio] = OrderedDict()
        self._trainings: dict[str, tuple[int, Training]] = {}
        self._lock = threading.RLock()

    def studio(self, identity: str, *, step: int | None = None, basis: Sequence[int] = ()) -> Studio:
        """Return a snapshot of the run of this id, ready for drawing.

        Args:
            identity: The run's id.
            step: Step of the snapshot; None: that of the clusters.
            basis: Snapshots that a page has gone through, the one whose clusters it shows last: where they go on, its
                clusters have the ids of those before. Empty: the newest.

        Raises:
            NotFoundError: No run of this id is served, or it has no such snapshot.
            RunError: Its folder cannot be opened.

        """
        folder = self._folder(identity)
        stamp = _change_time(folder / RUN_FILE)
        chain = tuple(basis) or (newest_step(folder),)
        with self._lock:
            studio: Studio | None = None
            for place, moment in enumerate(chain, start=1):
                studio = self._opened((identity, stamp, chain[:place], moment), folder, before=studio)
            if studio is None or step is None or step == chain[-1]:
                return studio or self._opened((identity, stamp, (), -1), folder)
            return self._opened((identity, stamp, chain, step), folder, later=studio)

    def training(self, identity: str) -> Training:
        """Return the recorded training of the run of this id.

        Raises:
            NotFoundError: No run of this id is served.
            AbsentError: No training was recorded in it.
            RunError: Its folder cannot be opened.

        """
        folder = self._folder(identity)
        if not (folder / SERIES / SERIES_FILE).is_file():
            message = f"No training was recorded in the run {identity!r}."
            raise AbsentError(message, "Record one with `with cnnvis.Recorder(model, optimizer, to=...) as rec:`.")
        with self._lock:
            changed = _change_time(folder / RUN_FILE)
            kept = self._trainings.get(identity)
            if kept is None or kept[0] != changed:
                kept = (changed, Training(folder))
                self._trainings[identity] = kept
            return kept[1]

    def _folder(self, identity: str) -> Path:
        folder = self._folders.get(identity)
        if folder is None:
            message = f"No run {identity!r} is served here."
            raise NotFoundError(message, f"Served are: {', '.join(self._folders) or 'none'}.")
        return folder

    def _opened(self, key: _Key, folder: Path, later: Studio | None = None, before: Studio | None = None) -> Studio:
        """Return what is kept under a key, whose last part is the step, opening it first when there is nothing."""
        if key not in self._studios:
            identity, step = key[0], key[-1]
            if step >= 0 and not _snapshot_file(folder, step).is_file():
                message = f"The run {identity!r} has no snapshot of step {step}."
                raise NotFoundError(message, "Reload the page: the training may have been recorded anew.")
            run = read_run(folder, step=step if step >= 0 else None)
            self._studios[key] = Studio(run, identity=identity, later=later, before=before)
        self._studios.move_to_end(key)
        while len(self._studios) > KEPT:
            self._studios.popitem(last=False)
        return self._studios[key]

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


def newest_step(folder: Path) -> int:
    """Return the step of a run's newest finished snapshot; -1 without one."""
    try:
        names = [path.name for path in (folder / SNAPSHOTS).iterdir()]
    except OSError:
        return -1
    steps = sorted((int(name) for name in names if name.isdecimal()), reverse=True)
    return next((step for step in steps if _snapshot_file(folder, step).is_file()), -1)


def _snapshot_file(folder: Path, step: int) -> Path:
    return folder / SNAPSHOTS / str(step) / SNAPSHOT_FILE


def _change_time(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return -1
