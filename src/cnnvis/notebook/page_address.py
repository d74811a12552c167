"""The address of the page, which says all that it shows."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
_MOST = 100_000
_SELECTED = ("layer", "cluster", "neuron")


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


def read_ranges(text: str | None) -> list[int]:
    """Return the numbers that ``0-3,7`` stands for, ascending; what is not understood is left out."""
    found: set[int] = set()
    for part in (text or "").split(","):
        match = _RANGE.fullmatch(part)
        if match is not None:
            first, last = int(match[1]), int(match[2] or match[1])
            found.update(range(first, min(last, first + _MOST) + 1))
    return sorted(found)


def _path(run: str) -> str:
    # Escaped as encodeURIComponent does it.
    return "#/run/" + quote(run, safe="!~*'()")
