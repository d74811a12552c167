"""TensorBoard's logs become runs: scalars as metrics, histograms of layers as what the recorder would have measured."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from cnnvis import __version__
from cnnvis.compose.tensorboard_tags import LayerTag, is_gradient_norm, is_rate, layer_of, merged_names
from cnnvis.schema.errors import RunError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.run import DataFacts, ModelFacts, RunFile
from cnnvis.schema.series import METRIC, Event, GroupOfParameters, Line, Number, SeriesHead, StepLine, metric_meaning
from cnnvis.store.series import number
from cnnvis.store.tensorboard import (
    Histogram,
    Log,
    Track,
    find_logs,
    moments,
    read_log,
    share_below_zero,
    share_of_zeros,
)
from cnnvis.store.writer import RunWriter


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What one training of the log folder came to."""

    name: str
    path: Path
    scalars: int
    layers: int
    steps: tuple[int, int]
    notes: tuple[str, ...] = ()
    """What was left out, in sentences."""


def import_tensorboard(
    folder: Path, to: Path, *, only: str | None = None, overwrite: bool = False, progress: bool = True
) -> list[Imported]:
    """Write a run for every training that was logged into a folder.

    One training is written to ``to`` itself, several into folders in it. Logs beside each other that are called train
    and validation (as Keras writes them) are one training.

    Args:
        folder: The folder that TensorBoard is started on, or a single event file.
        to: The run folder to write, or the folder of the runs.
        only: Name of one log to import; None: all.
        overwrite: Replace runs that are there.
        progress: Show a bar.

    Raises:
        RunError: There are no logs, no such log, nothing in them that can be drawn, or a run is there already.

    """
    files = find_logs(folder)
    trainings = _chosen(merged_names(files), only, folder)
    places = {name: to if len(trainings) == 1 else to / (name.replace("/", "-") or "run") for name in trainings}
    size = sum(path.stat().st_size for logs in trainings.values() for log in logs for path in files[log])
    found: list[Imported] = []
    with tqdm(total=size, unit="B", unit_scale=True, desc="reading", disable=not progress, delay=1) as bar:
        for name, logs in trainings.items():
            with RunWriter(places[name], overwrite=overwrite) as writer:
                read = {part: read_log(log, files[log], tell=bar.update) for log, part in logs.items()}
                training = _Training(name or folder.resolve().name, read)
                writer.write_model(training.front(places[name]), LayerGraph(layers=(), edges=(), units=()))
                writer.write_series(training.lines())
                writer.finish()
            found.append(training.imported(places[name]))
    return found


def _chosen(trainings: dict[str, dict[str, str]], only: str | None, folder: Path) -> dict[str, dict[str, str]]:
    if only is None:
        return trainings
    wanted = only.strip("/")
    if wanted not in trainings:
        there = ", ".join(name or "." for name in trainings)
        raise RunError(f"There is no log {only!r} in {folder}.", f"There are: {there}.")
    return {wanted: trainings[wanted]}


@dataclass(eq=False)
class _Row:
    """One step's numbers."""

    time: float = 0.0
    run: dict[str, Number] = field(default_factory=dict)
    lists: dict[str, list[Number]] = field(default_factory=dict)


class _Training:
    """The logs of one training, by the part that each is about."""

    def __init__(self, name: str, logs: Mapping[str, Log]) -> None:
        self.name = name
        self._rows: dict[int, _Row] = {}
        self._notes: list[str] = []
        scalars = {
            f"{part}/{tag}" if part else tag: track
            for part, log in logs.items()
            for tag, track in log.tracks.items()
            if not track.histograms
        }
        histograms = [track for log in logs.values() for track in log.tracks.values() if track.histograms]
        self._begun = min((track.times[0] for track in (*scalars.values(), *histograms) if track.times), default=0.0)
        self._rates = sorted(tag for tag in scalars if is_rate(tag))
        self._add_scalars(scalars)
        self._add_rates([scalars[tag] for tag in self._rates])
        self._layers = self._add_layers(histograms)
        self._scalars = len(scalars)
        self._note_left_out(logs.values())
        if not self._rows:
            message = f"The log {name!r} holds neither scalars nor histograms of layers."
            raise RunError(message, " ".join(self._notes) or "Was anything logged yet?")

    def front(self, path: Path) -> RunFile:
        """Return the front page."""
        now = datetime.datetime.fromtimestamp(self._begun, datetime.timezone.utc).replace(microsecond=0)
        return RunFile(
            id=f"{path.name}-{now:%Y%m%dT%H%M%S}",
            name=path.name,
            created=now.isoformat().replace("+00:00", "Z"),
            tool=__version__,
            model=ModelFacts(name=""),
            data=DataFacts(name=f"TensorBoard log {self.name}"),
            classes=(),
        )

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the series."""
        units = tuple(self._layers)
        groups = tuple(GroupOfParameters(optimizer=tag) for tag in self._rates)
        yield SeriesHead(units=units, weights=("",) * len(units), groups=groups, origin="tensorboard")
        for step, row in sorted(self._rows.items()):
            yield StepLine(step=step, time=row.time, run=row.run, lists=row.lists)
        last = max(self._rows)
        yield Event(step=last, time=self._rows[last].time, name="finished")

    def imported(self, path: Path) -> Imported:
        """Return what it came to."""
        return Imported(
            name=self.name,
            path=path,
            scalars=self._scalars,
            layers=len(self._layers),
            steps=(min(self._rows), max(self._rows)),
            notes=tuple(self._notes),
        )

    def _row(self, step: int, time: float) -> _Row:
        row = self._rows.setdefault(step, _Row())
        row.time = max(row.time, round(time - self._begun, 3))
        return row

    def _add_scalars(self, scalars: Mapping[str, Track]) -> None:
        names = {tag: _quantity(tag) for tag in scalars if tag not in self._rates}
        loss = _main_loss(names)
        for tag, name in names.items():
            track = scalars[tag]
            for step, time, value in zip(track.steps, track.times, track.values, strict=True):
                if not isinstance(value, Histogram):
                    self._row(step, time).run["loss" if tag == loss else name] = number(value)

    def _add_rates(self, tracks: Sequence[Track]) -> None:
        for place, track in enumerate(tracks):
            for step, time, value in zip(track.steps, track.times, track.values, strict=True):
                row = self._row(step, time).lists.setdefault("learning_rate", [None] * len(tracks))
                row[place] = None if isinstance(value, Histogram) else number(value)

    def _add_layers(self, tracks: Sequence[Track]) -> list[str]:
        tags = {track.tag: layer_of(track.tag) for track in tracks}
        unknown = [tag for tag, about in tags.items() if about is None]
        if unknown:
            few = ", ".join(unknown[:3]) + (" ..." if len(unknown) > 3 else "")
            self._notes.append(f"{len(unknown)} histograms are of no layer that their tags name: {few}.")
        about = {track.tag: known for track in tracks if (known := tags[track.tag]) is not None}
        layers = list(dict.fromkeys(known.layer for known in about.values() if _tells(known)))
        for track in tracks:
            known = about.get(track.tag)
            if known is None or known.layer not in layers:
                continue
            for step, time, value in zip(track.steps, track.times, track.values, strict=True):
                if isinstance(value, Histogram):
                    row = self._row(step, time)
                    for name, found in _measured(known, value).items():
                        row.lists.setdefault(name, [None] * len(layers))[layers.index(known.layer)] = number(found)
        return layers

    def _note_left_out(self, logs: Iterable[Log]) -> None:
        kinds: dict[str, int] = {}
        for log in logs:
            for kind in log.left_out.values():
                kinds[kind] = kinds.get(kind, 0) + 1
        if kinds:
            told = ", ".join(f"{count} of {kind}" for kind, count in sorted(kinds.items()))
            self._notes.append(f"Tags that are no numbers were left out: {told}.")


def _quantity(tag: str) -> str:
    return "gradient/unclipped_all" if is_gradient_norm(tag) else f"{METRIC}{tag}"


def _main_loss(names: Mapping[str, str]) -> str | None:
    """Return the tag that is the training's loss: the one of the training part, else one without a part."""
    for part in ("train", ""):
        found = sorted(tag for tag in names if metric_meaning(tag) == (part, "loss"))
        if found:
            return min(found, key=len)
    return None


def _tells(about: LayerTag) -> bool:
    """Whether a histogram makes its layer one: a bias alone does not."""
    return about.kind in {"weight", "activation"} or (about.kind == "gradient" and not about.of_bias)


def _measured(about: LayerTag, values: Histogram) -> dict[str, float]:
    """Return the quantities of the series that a histogram gives."""
    count, mean, squares = moments(values)
    greatest = max(abs(values.minimum), abs(values.maximum))
    deviation = max(squares / count - mean**2, 0.0) ** 0.5
    if about.kind == "gradient":
        return {} if about.of_bias else {"gradient/norm": squares**0.5, "gradient/rms": (squares / count) ** 0.5}
    if about.kind == "bias":
        return {"bias/mean": mean}
    if about.kind == "weight":
        below = share_below_zero(values)
        return {
            "weight/norm": squares**0.5, "weight/mean": mean, "weight/std": deviation, "weight/maximum": greatest,
            "weight/negative": below,
        }  # fmt: skip
    zero = share_of_zeros(values)
    found = {"after/mean": mean, "after/std": deviation, "after/maximum": greatest}
    return found if zero is None else found | {"after/zero": zero}
