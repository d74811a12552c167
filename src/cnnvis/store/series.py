"""The series of a recorded training on disk: JSON lines, appended by one writer, read by anyone at any time."""

import math
import os
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import msgspec

from cnnvis.schema.errors import RunError
from cnnvis.schema.series import SERIES_VERSION, Event, Line, Number, Series, SeriesHead, StepLine
from cnnvis.schema.typed import json_decoder
from cnnvis.store.columns import GrowingColumn
from cnnvis.store.files import explaining_disk_errors
from cnnvis.store.inside import inside

FLUSH_SECONDS = 0.5
"""Lines wait at most about so long in memory: a killed training loses no more, and a page sees them soon."""
_CHUNK = 1 << 24
_ENDS = {"finished", "interrupted"}
_NOT_FINITE: dict[str | None, float] = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, None: math.nan}


def number(value: float | None) -> Number:
    """Return a value as it is written: seven digits, and words for what is not finite."""
    if value is None:
        return None
    if math.isfinite(value):
        return float(f"{value:.7g}")
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def as_float(value: Number) -> float:
    """Return a written value as a number; NaN where nothing was measured."""
    return float(value) if isinstance(value, float | int) else _NOT_FINITE[value]


class SeriesWriter:
    """Appends lines to a series file.

    Args:
        path: The file; its folder is made.
        append: Whether to go on with a file that is there; what a killed writer left of its last line is removed.

    Raises:
        RunError: The file is there already (or is not, with ``append``), or cannot be written.

    """

    def __init__(self, path: Path, *, append: bool = False) -> None:
        self._path = path
        self._encoder = msgspec.json.Encoder()
        self._waiting: list[bytes] = []
        self._flushed = time.monotonic()
        with explaining_disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what has been written survives a killed process, and a line is torn only by a full disk.
            self._file = FileIO(path, "r+" if append else "x")
            if append:
                self._file.truncate(_end_of_lines(self._file))
                self._file.seek(0, os.SEEK_END)

    def write(self, line: Line) -> None:
        """Append a line, which reaches the disk within about half a second of further lines.

        Raises:
            RunError: The disk is full, or the file was removed.

        """
        self._waiting.append(self._encoder.encode(line))
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the operating system.

        Raises:
            RunError: The disk is full, or the file was removed.

        """
        if not self._waiting:
            return
        data = b"\n".join(self._waiting) + b"\n"
        self._waiting.clear()
        with explaining_disk_errors(self._path):
            if os.fstat(self._file.fileno()).st_nlink == 0:
                message = f"{self._path} was removed while the training was recorded."
                raise RunError(message, "Record into a folder that stays.")
            while data:
                data = data[self._file.write(data) :]
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Write what is left and close the file; RunError when that fails, and the file is closed all the same."""
        try:
            self.flush()
        finally:
            self._file.close()


class SeriesTail:
    """A series that may still grow: each `update` reads what has been added, nothing is read twice.

    When another file has taken its place (the training was begun anew), it is read from its beginning.

    Args:
        path: The series file; it may not be there yet.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._decoder = json_decoder(SeriesHead | StepLine | Event)
        self._forget()

    def _forget(self) -> None:
        self.head = SeriesHead()
        self.offset = 0
        """Bytes read so far: always the end of a line."""
        self.events: list[Event] = []
        self.problems: list[str] = []
        """Lines that could not be read, in sentences."""
        self.torn = 0
        """Bytes after the last whole line: being written now, or left by a killed training."""
        self.run: dict[str, GrowingColumn] = {}
        """What was measured of the run, and the user's metrics, by name."""
        self.lists: dict[str, GrowingColumn] = {}
        """What was measured per unit, batch norm, parameter group, channel or class."""
        self.complete = False
        """Whether the recording was closed, and not taken up again."""
        self.seconds = 0.0
        """Time of the latest line, since the recording began."""
        self.resumed = 0
        """How often the training was resumed: each time, what had been recorded of later steps is dropped."""
        self._file: tuple[int, int] | None = None

    def update(self) -> int:
        """Read the lines that were added since the last time and return how many these were.

        Raises:
            RunError: The file cannot be read, or was written by a newer version.

        """
        try:
            with inside(self.path.parent, self.path.name).open("rb") as file:
                self._notice_another(os.fstat(file.fileno()))
                file.seek(self.offset)
                return sum(self._take(block) for block in self._blocks(file))
        except FileNotFoundError:
            return 0
        except OSError as error:
            message = f"{self.path} cannot be read ({error.strerror})."
            raise RunError(message, "Copy the run folder anew.") from error

    def _notice_another(self, found: os.stat_result) -> None:
        file = (found.st_dev, found.st_ino)
        if (self._file is not None and self._file != file) or found.st_size < self.offset:
            self._forget()
        self._file = file

    @property
    def last_step(self) -> int:
        """Last step that was read of."""
        columns = (*self.run.values(), *self.lists.values())
        known = [int(column.steps[-1]) for column in columns if len(column)]
        return max([*known, *(event.step for event in self.events)], default=0)

    def series(self) -> Series:
        """Return what has been read so far; later updates do not change it."""
        events = [*self.events, *(Event(step=0, time=0.0, name="warning", message=text) for text in self.problems)]
        return Series(
            head=self.head,
            run={name: column.curve() for name, column in self.run.items()},
            lists={name: column.curves() for name, column in self.lists.items()},
            events=tuple(events),
            complete=self.complete,
        )

    def _blocks(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield whole lines, many at a time."""
        rest = b""
        while data := file.read(_CHUNK):
            whole, newline, rest = (rest + data).rpartition(b"\n")
            if newline:
                self.offset += len(whole) + 1
                yield whole
        self.torn = len(rest)

    def _take(self, block: bytes) -> int:
        try:
            lines = self._decoder.decode_lines(block)
        except msgspec.MsgspecError:
            lines = list(self._one_by_one(block))
        for line in lines:
            self._add(line)
        return len(lines)

    def _one_by_one(self, block: bytes) -> Iterator[Line]:
        for raw in block.split(b"\n"):
            line = self._read(raw)
            if line is not None:
                yield line

    def _read(self, raw: bytes) -> Line | None:
        try:
            return self._decoder.decode(raw)
        except msgspec.MsgspecError as error:
            self.problems.append(f"A line of {self.path.name} is damaged and was left out ({error}).")
            return None

    def _add(self, line: Line) -> None:
        if not isinstance(line, SeriesHead):
            self.seconds = max(self.seconds, line.time)
        if isinstance(line, StepLine):
            self.complete = False
            for name, value in line.run.items():
                if name not in self.run:
                    self.run[name] = GrowingColumn(1)
                self.run[name].add(line.step, (as_float(value),))
            for name, values in line.lists.items():
                if name not in self.lists:
                    self.lists[name] = GrowingColumn(len(values))
                self.lists[name].add(line.step, [as_float(value) for value in values])
        elif isinstance(line, Event):
            if line.name == "resumed":
                self._rewind(line.step)
            self.complete = line.name in _ENDS or (self.complete and line.name != "resumed")
            self.events.append(line)
        else:
            self.head = _known(line, self.path)

    def _rewind(self, step: int) -> None:
        """Forget what lies behind a step from which the training went on once more."""
        self.resumed += 1
        for columns in (self.run, self.lists):
            for name, column in columns.items():
                columns[name] = column.until(step)
        self.events = [event for event in self.events if event.step <= step and event.name not in _ENDS]


def read_series(path: Path) -> Series:
    """Read a series file as it is now.

    A last line that was torn by a killed training, and lines that are damaged, are left out; an event says so.

    Raises:
        RunError: The file cannot be read, or was written by a newer version.

    """
    tail = SeriesTail(path)
    tail.update()
    if tail.torn:
        tail.problems.append(f"The last line of {path.name} is incomplete and was left out.")
    return tail.series()


def _end_of_lines(file: FileIO) -> int:
    """Return the length of a file up to the end of its last whole line."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _CHUNK)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def _known(head: SeriesHead, path: Path) -> SeriesHead:
    if head.version > SERIES_VERSION:
        message = f"{path} is of version {head.version}; this cnnvis reads series up to {SERIES_VERSION}."
        raise RunError(message, "Upgrade with `pip install --upgrade cnnvis`.")
    return head
