"""Logs: the folders below a log folder that hold event files, and what was logged in each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cnnvis.schema.errors import RunError
from cnnvis.store.tensorboard.events import Histogram, Point, Reader

_NAME = "*tfevents*"


@dataclass(eq=False)
class Track:
    """What was logged under one tag: steps, ascending, with a value each."""

    tag: str
    steps: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    values: list[float | Histogram] = field(default_factory=list)

    @property
    def histograms(self) -> bool:
        """Whether the values are histograms."""
        return isinstance(self.values[0], Histogram)


@dataclass(eq=False)
class Log:
    """Everything that was logged into one folder."""

    name: str
    """The folder, relative to the log folder; empty for that itself."""
    tracks: dict[str, Track]
    """By tag, in the order in which tags were first used."""
    left_out: dict[str, str]
    """Tags of images, texts and the like."""


def find_logs(folder: Path) -> dict[str, list[Path]]:
    """Return the event files below a folder by the name of their log, in the order in which they were begun.

    Raises:
        RunError: There is no such folder, or no event file below it.

    """
    if not folder.exists():
        raise RunError(f"There is nothing at {folder}.", "Give the folder that TensorBoard is started on.")
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob(_NAME) if path.is_file())
    if not files:
        message = f"There is no event file (…tfevents…) in {folder} or below it."
        raise RunError(message, "Give the folder that TensorBoard is started on (--logdir).")
    top = folder.parent if folder.is_file() else folder
    logs: dict[str, list[Path]] = {}
    for path in files:
        name = path.parent.relative_to(top).as_posix()
        logs.setdefault("" if name == "." else name, []).append(path)
    return logs


def read_log(name: str, files: list[Path], *, tell: Callable[[int], object] = lambda size: size) -> Log:
    """Read all event files of one log.

    A tag whose steps go back in a newer file was logged by a training that was taken up again from an earlier step:
    what had been logged from that step on is replaced, as TensorBoard does it.

    Args:
        name: The log's name.
        files: Its event files, the oldest first.
        tell: Called with the number of bytes of each file that was read.

    Raises:
        RunError: A file is damaged or no event file.

    """
    reader, tracks = Reader(), dict[str, Track]()
    for path in files:
        seen: set[str] = set()
        for point in _in_order(reader.read(path)):
            track = tracks.setdefault(point.tag, Track(point.tag))
            if point.tag not in seen:
                seen.add(point.tag)
                _forget_from(track, point.step)
            _put(track, point)
        tell(path.stat().st_size)
    whole = {tag: track for tag, track in tracks.items() if track.values}
    return Log(name, whole, reader.left_out)


def _in_order(points: Iterator[Point]) -> list[Point]:
    """Return one file's points by their steps; what was logged later stands behind."""
    return sorted(points, key=lambda point: point.step)


def _forget_from(track: Track, step: int) -> None:
    keep = sum(known < step for known in track.steps)
    del track.steps[keep:], track.times[keep:], track.values[keep:]


def _put(track: Track, point: Point) -> None:
    """Append a point; of several of one step the last counts, and a tag keeps to the kind of value it began with."""
    if track.values and track.histograms != isinstance(point.value, Histogram):
        return
    if track.steps and track.steps[-1] == point.step:
        track.times[-1], track.values[-1] = point.time, point.value
        return
    track.steps.append(point.step)
    track.times.append(point.time)
    track.values.append(point.value)
