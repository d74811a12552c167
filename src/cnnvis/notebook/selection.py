"""What is selected on the page, as data; and the address of the page that says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from cnnvis.schema.scene import LayerScene, Scene

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
_MOST = 100_000
_SELECTED = ("layer", "cluster", "neuron")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is selected on the page; all of it empty at first.

    Args:
        layer: Layer id.
        cluster: Cluster id in that layer.
        title: The cluster's name.
        neurons: Neuron ids: of the neuron that is selected, or else of all in the cluster, in the picture's order.
        picked: Neuron ids that were picked together in a matrix.
        classes: Names of the classes that were picked.

    """

    layer: str | None = None
    cluster: str | None = None
    title: str = ""
    neurons: tuple[str, ...] = ()
    picked: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageAddress:
    """The part of the page's address after ``#``, which says all that it shows (web/src/state/viewState.ts).

    Args:
        run: Id of the run.
        asked: Names and values, in order.

    """

    run: str
    asked: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, text: str, run: str) -> "PageAddress":
        """Read an address; what it says of another run does not count."""
        path, _, query = text.partition("?")
        ours = path == _path(run)
        return cls(run, tuple(parse_qsl(query, keep_blank_values=True)) if ours else ())

    def get(self, name: str) -> str | None:
        """Return the first value of a name; None when it is not there."""
        return next((value for each, value in self.asked if each == name), None)

    def selecting(self, layer: str | None, cluster: str | None, neuron: int | None) -> "PageAddress":
        """Return the address that shows the same, with this selected."""
        given = {"layer": layer, "cluster": cluster, "neuron": None if neuron is None else str(neuron)}
        selected = tuple((name, value) for name, value in given.items() if value is not None)
        return PageAddress(self.run, (*selected, *(pair for pair in self.asked if pair[0] not in _SELECTED)))

    def text(self) -> str:
        """Return it as the page reads it."""
        query = urlencode(self.asked)
        return f"{_path(self.run)}?{query}" if query else _path(self.run)


def selection_of(address: PageAddress, scene: Scene, layer: LayerScene | None) -> Selection:
    """Return what an address selects.

    Args:
        address: What the page shows.
        scene: The run's frame.
        layer: The clusters of the selected layer; None when it has none, or no layer is selected.

    """
    place, lit_in = address.get("layer"), address.get("lit-in")
    names = [facts.name for facts in scene.classes]
    marked = (names[index] for index in read_ranges(address.get("marked")) if index < len(names))
    picked = () if lit_in is None else _ids(lit_in, read_ranges(address.get("lit")))
    base = Selection(layer=place, picked=picked, classes=tuple(marked))
    if place is None or layer is None:
        return base
    named, neuron = address.get("cluster"), address.get("neuron")
    cluster = next((each for each in layer.clusters if each.id == named), None)
    members = () if cluster is None else cluster.neurons
    if neuron is not None and neuron.isdecimal():
        members = (int(neuron),)
    return Selection(
        layer=place,
        cluster=None if cluster is None else cluster.id,
        title="" if cluster is None else cluster.title,
        neurons=_ids(place, members),
        picked=base.picked,
        classes=base.classes,
    )


def read_ranges(text: str | None) -> list[int]:
    """Return the numbers that ``0-3,7`` stands for, ascending; what is not understood is left out."""
    found: set[int] = set()
    for part in (text or "").split(","):
        match = _RANGE.fullmatch(part)
        if match is not None:
            first, last = int(match[1]), int(match[2] or match[1])
            found.update(range(first, min(last, first + _MOST) + 1))
    return sorted(found)


def _ids(layer: str, neurons: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{layer}:{neuron}" for neuron in neurons)


def _path(run: str) -> str:
    # Escaped as encodeURIComponent does it.
    return "#/run/" + quote(run, safe="!~*'()")
