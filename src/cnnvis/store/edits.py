"""The log of the user's edits: one SQLite file that only grows, safe against being killed and against each other."""

import os
import re
import sqlite3
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec

from cnnvis.schema.edits import LogEntry
from cnnvis.schema.errors import LockedError, RunError
from cnnvis.schema.typed import decode_json
from cnnvis.store.inside import inside
from cnnvis.store.layout import EDITS_FILE
from cnnvis.store.reader import Run

FORMAT = 1
"""Version of the file, kept in it as SQLite's user_version."""
PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""
_ENDINGS = ("", "-journal", "-wal", "-shm")
"""SQLite finds these files beside its own by name, and follows links."""
_TABLE = "CREATE TABLE log (revision INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, body TEXT NOT NULL)"


class EditLog:
    """The rows of one run's log, oldest first.

    Every call opens the file anew: nothing is held between calls, so several processes can take turns, and a folder
    that was copied or replaced is noticed. Looking creates no file.

    Args:
        run: The run.
        patience: Seconds to wait for another process that is writing.

    """

    def __init__(self, run: Run, *, patience: float = PATIENCE) -> None:
        self._run = run
        self._inside = run.path / EDITS_FILE
        self._outside = data_folder() / "edits" / f"{_file_name(run.file.id)}.sqlite"
        self._patience = patience

    @property
    def elsewhere(self) -> bool:
        """Whether edits go to the user's data directory: the run came with cnnvis, or its folder is read-only."""
        places = (self._run.path, self._inside) if self._inside.exists() else (self._run.path,)
        return self._run.bundled or not all(os.access(place, os.W_OK) for place in places)

    @property
    def path(self) -> Path:
        """The file that edits are written to."""
        return self._outside if self.elsewhere else self._inside

    @property
    def notice(self) -> str:
        """What the user should know about the place of the edits; empty when they are in the run folder."""
        if self._run.bundled:
            return f"This run came with cnnvis: your edits are kept in {self._outside}."
        if self.elsewhere:
            return f"The run folder cannot be written to: your edits are kept in {self._outside}."
        if self._outside.exists():
            return f"Edits made while the run folder could not be written to are in {self._outside}."
        return ""

    def rows(self, after: int = 0) -> list[LogEntry]:
        """Return the rows with a higher revision than this.

        Raises:
            RunError: The file is damaged, of a newer version, or locked for too long.

        """
        path = self._readable()
        if path is None:
            return []
        with _explaining(path), closing(self._open(path)) as connection:
            return _rows(connection, after)

    def revision(self) -> int:
        """Return the number of the newest row, 0 without any; RunError as `rows`."""
        path = self._readable()
        if path is None:
            return 0
        with _explaining(path), closing(self._open(path)) as connection:
            return _newest(connection)

    def append(self, entry: LogEntry, *, after: int) -> LogEntry | None:
        """Add a row, as `extend` does."""
        kept = self.extend([entry], after=after)
        return None if kept is None else kept[0]

    def extend(self, entries: Sequence[LogEntry], *, after: int) -> list[LogEntry] | None:
        """Add rows, all or none, unless others have added one since: then nothing is written, and nothing is returned.

        What is returned, with its revisions, is on the disk: neither a killed process nor a power failure takes it
        back.

        Args:
            entries: The rows, at least one.
            after: The newest revision that the rows were decided on.

        Raises:
            RunError: The file cannot be written to, is damaged, of a newer version, or locked for too long.

        """
        before, path = self._readable(), self.path
        # Edits made before the folder became read-only stay: the file elsewhere begins with them.
        moved = self.rows() if before is not None and before != path else []
        if before is None and after > 0:
            return None
        with _explaining(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open(path, create=True)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                try:
                    return _appended(connection, entries, moved, after)
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

    def _readable(self) -> Path | None:
        """Return the file to read; None before the first edit. A link counts, whether or not it leads anywhere."""
        path = self.path
        if os.path.lexists(path):
            return path
        return self._inside if os.path.lexists(self._inside) else None

    def _open(self, path: Path, *, create: bool = False) -> sqlite3.Connection:
        if path == self._inside:
            for ending in _ENDINGS:
                inside(path.parent, f"{path.name}{ending}")
        address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        connection = sqlite3.connect(address, uri=True, timeout=self._patience, isolation_level=None)
        if not create:
            return connection
        # A rollback journal, since write-ahead logs need shared memory that network file systems do not have; EXTRA
        # also waits until the removal of the journal, which is what commits, is on the disk.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection


def data_folder() -> Path:
    """Return where this user's data is kept: CNNVIS_DATA, or the place that the system has for it."""
    given = os.environ.get("CNNVIS_DATA")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "cnnvis"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "cnnvis"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cnnvis"


def _file_name(identity: str) -> str:
    """Return a file name for a run's id, which comes from a file and may hold anything."""
    digest = blake2b(identity.encode(), digest_size=6).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', identity)[:80]}-{digest}"


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table of a new file; RunError when the file is of a newer version."""
    if _version(connection) == 0:
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > FORMAT:
        message = f"The edits were written by a newer cnnvis (format {version}, this one knows {FORMAT})."
        raise RunError(message, "Update: pip install --upgrade cnnvis.")
    return int(version)


def _newest(connection: sqlite3.Connection) -> int:
    if _version(connection) == 0:
        return 0
    (newest,) = connection.execute("SELECT coalesce(max(revision), 0) FROM log").fetchone()
    return int(newest)


def _rows(connection: sqlite3.Connection, after: int) -> list[LogEntry]:
    if _version(connection) == 0:
        return []
    found = connection.execute("SELECT revision, time, body FROM log WHERE revision > ? ORDER BY revision", (after,))
    return [
        msgspec.structs.replace(decode_json(body, LogEntry), revision=revision, time=time)
        for revision, time, body in found
    ]


def _appended(
    connection: sqlite3.Connection, entries: Sequence[LogEntry], moved: list[LogEntry], after: int
) -> list[LogEntry] | None:
    """Add rows, and before the first one those that are to stand before it; None when `after` is not the newest."""
    _prepare(connection)
    for row in moved if _newest(connection) == 0 else []:
        _insert(connection, row)
    if _newest(connection) != after:
        return None
    kept = [msgspec.structs.replace(entry, revision=_insert(connection, entry)) for entry in entries]
    connection.execute("COMMIT")
    return kept


def _insert(connection: sqlite3.Connection, entry: LogEntry) -> int:
    body = msgspec.json.encode(msgspec.structs.replace(entry, revision=0, time="")).decode()
    row = connection.execute("INSERT INTO log (time, body) VALUES (?, ?)", (entry.time, body)).lastrowid
    return row or 0


@contextmanager
def _explaining(path: Path) -> Generator[None]:
    """Turn what SQLite and the disk say into a RunError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            message = f"Another process has been writing edits to {path} for too long."
            raise LockedError(message, "Try again, or end the other process.") from error
        message = f"The edits in {path} cannot be read or written: {error}."
        raise RunError(message, "Free some space, or make the folder one that you may write to.") from error
    except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
        message = f"{path} is damaged ({error})."
        raise RunError(
            message, "Copy the file anew, or move it away: the clusters are then the automatic ones."
        ) from error
    except OSError as error:
        message = f"The edits cannot be written to {path}: {(error.strerror or str(error)).lower()}."
        raise RunError(message, "Set CNNVIS_DATA to a folder that you may write to.") from error
