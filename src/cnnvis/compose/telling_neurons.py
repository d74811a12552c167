"""Facts about neurons that need no labels: those that never fire, and those that stand out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from cnnvis.compose.words import counted
from cnnvis.schema.scene import TellingFact
from cnnvis.schema.statistics import UnitStatistics


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column of the picture: its layer, its title, and what was measured of its neurons."""

    layer: str
    title: str
    statistics: UnitStatistics


def silent_fact(columns: Sequence[Column]) -> tuple[TellingFact | None, float]:
    """Return the layer of which the greatest share never fires, and that share; None where every neuron does."""
    never = [int(column.statistics.never_active.sum()) for column in columns]
    shares = [count / len(column.statistics.mean) for count, column in zip(never, columns, strict=True)]
    if not any(never):
        return None, 0.0
    place = int(np.argmax(shares))
    column, count = columns[place], never[place]
    whole = count == len(column.statistics.mean)
    subject = f"all {count:,} neurons" if whole else f"{count:,} of {counted(len(column.statistics.mean), 'neuron')}"
    return TellingFact(text=f"In {column.title}, {subject} never fire on any image.", layer=column.layer), shares[place]


def plain_facts(columns: Sequence[Column]) -> Iterator[TellingFact]:
    """Yield what can be told of any run, with labels or without, the most telling first.

    Args:
        columns: The columns, from the images to the answers.

    """
    for fact in (choosiest_neuron(columns), sparsest_column(columns), dullest_neuron(columns)):
        if fact is not None:
            yield fact


def choosiest_neuron(columns: Sequence[Column]) -> TellingFact | None:
    """Return the neuron whose best image stands out most among all; None where no neuron varies."""
    scores = [(each.statistics.maximum - each.statistics.mean) / _positive(each.statistics.std) for each in columns]
    says = "is the choosiest: its best image excites it {:.0f} standard deviations above its mean"
    return _of_greatest(columns, scores, says)


def dullest_neuron(columns: Sequence[Column]) -> TellingFact | None:
    """Return the neuron that tells images apart least, of those that answer at all."""
    scores = [-100 * each.statistics.std / _positive(np.abs(each.statistics.mean)) for each in columns]
    return _of_greatest(columns, scores, "tells images apart least: its activation varies by {:.0f} % of its mean")


def sparsest_column(columns: Sequence[Column]) -> TellingFact | None:
    """Return in which column neurons are active at the fewest places, and in which at most."""
    shares = [float(np.mean(each.statistics.active)) if len(each.statistics.active) else np.nan for each in columns]
    known = [place for place, share in enumerate(shares) if np.isfinite(share)]
    if not known:
        return None
    least, most = min(known, key=lambda place: shares[place]), max(known, key=lambda place: shares[place])
    text = f"Neurons of {columns[least].title} are active at {100 * shares[least]:.0f} % of places"
    if round(100 * shares[least]) < round(100 * shares[most]):
        text += f", fewest of all; those of {columns[most].title} at {100 * shares[most]:.0f} %"
    return TellingFact(text=f"{text}.", layer=columns[least].layer)


def _positive(values: Float[np.ndarray, " neurons"]) -> Float[np.ndarray, " neurons"]:
    """Return what can be divided by; NaN for the rest."""
    return np.where(values > 0, values, np.nan).astype(np.float64)


def _of_greatest(columns: Sequence[Column], scores: Sequence[np.ndarray], says: str) -> TellingFact | None:
    """Return what is said of the neuron with the greatest score, among those that fire; None where none has one."""
    usable = [
        np.where(np.isfinite(found) & ~column.statistics.never_active, found, -np.inf)
        for column, found in zip(columns, scores, strict=True)
    ]
    place = int(np.argmax([found.max(initial=-np.inf) for found in usable])) if usable else 0
    if not usable or not np.isfinite(usable[place]).any():
        return None
    neuron = int(np.argmax(usable[place]))
    text = f"Neuron {neuron} of {columns[place].title} {says.format(abs(usable[place][neuron]))}."
    return TellingFact(text=text, layer=columns[place].layer, neuron=neuron)
