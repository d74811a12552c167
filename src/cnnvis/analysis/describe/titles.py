"""Titles that tell the clusters of a layer apart: by looks where neurons see little of the image, else by class."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float

from cnnvis.analysis.describe.classes import answered, most_beyond
from cnnvis.analysis.describe.looks import Said

LONGEST = 24
"""Letters of a title's first part that fit a card."""
LONGEST_EXAMPLES = 28
FAINT = 0.1
"""Below this strength a word tells nothing apart."""
SECOND = 0.25
"""Strength from which a second word is said without need."""
CLEAR = 0.4
"""Strength from which a look is said before a mere leaning to a class."""
EXAMPLES = 2
NEVER, MIXED = "never active", "mixed"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one cluster."""

    profile: Float[np.ndarray, " classes"]
    """Mean over its neurons of (class mean - neuron mean) / neuron deviation; NaN for classes without images."""
    patches: tuple[Said, ...] = ()
    """What its patches have in common and those of the layer's other neurons have not, strongest first."""
    images: tuple[Said, ...] = ()
    """Which whole images excite it, beyond the layer's other neurons, strongest first."""
    plain: str = ""
    """What fits most of its patches, though it may fit those of other clusters as well."""
    never_active: bool = False


@dataclass(frozen=True, kw_only=True)
class Title:
    """A cluster's title, and the classes that it names, strongest first."""

    text: str
    classes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A title in the making; parts are joined by a dot."""

    parts: tuple[str, ...]
    classes: tuple[int, ...] = ()
    by_class: bool = False
    """Whether the first part is names of classes, which more names may join."""
    spare: tuple[str, ...] = field(default=())
    """What may be added to tell it from another one."""

    @property
    def text(self) -> str:
        return " · ".join(self.parts)


def title_clusters(
    clusters: Sequence[Evidence], names: Sequence[str], *, sees_little: bool, threshold: float
) -> list[Title]:
    """Title the clusters of one layer, each differently.

    Where neurons see little of the image, a title is what their patches look like, or the images that excite them.
    Elsewhere it is the classes they answer to; without a clear class what their images look like, else the class they
    lean to. A cluster of which none of this holds answers to many classes, of which two are given as examples. Equal
    titles get a second word, such as the next class or the one they answer to least; at last a number.

    Args:
        clusters: What is known of each.
        names: One per class; none where the data have no labels.
        sees_little: Whether neurons see so little of the image that they cannot know a class.
        threshold: Standard deviations above the average from which a class is worth naming.

    """
    writer = _Writer(clusters, names, threshold)
    drafts = [writer.draft(one, sees_little=sees_little) for one in clusters]
    drafts = _numbered(_distinct_first(writer.told_apart(drafts)))
    return [Title(text=draft.text, classes=draft.classes) for draft in drafts]


class _Writer:
    """Writes titles from evidence."""

    def __init__(self, clusters: Sequence[Evidence], names: Sequence[str], threshold: float) -> None:
        self._clusters = clusters
        self._names = names
        self._threshold = threshold
        profiles = [one.profile for one in clusters if not one.never_active]
        self._layer = np.mean(profiles, axis=0) if profiles else np.zeros(len(names))

    def draft(self, one: Evidence, *, sees_little: bool) -> _Draft:
        """Return a title that may be that of another cluster as well."""
        if one.never_active:
            return _Draft(parts=(NEVER,))
        classes = answered(one.profile, threshold=self._threshold) if self._names else ()
        words = [
            word for word in ((*one.patches, *one.images) if sees_little else one.images) if word.strength >= FAINT
        ]
        looks, spare = _first_of_families(words), tuple(word.text for word in words)
        if classes and not sees_little:
            return self._of_classes(classes, spare)
        if looks and (sees_little or looks[0].strength >= CLEAR):
            said = [word.text for place, word in enumerate(looks[:2]) if place == 0 or word.strength >= SECOND]
            return _Draft(parts=tuple(said), spare=(*spare, *self._leaning(one)[0]))
        leaning, leant = self._leaning(one)
        if sees_little and one.plain:
            return _Draft(parts=(one.plain,), spare=leaning)
        if leaning:
            return _Draft(parts=leaning[:1], classes=leant, spare=spare)
        return _Draft(parts=(one.plain or MIXED,))

    def _of_classes(self, classes: tuple[int, ...], spare: tuple[str, ...]) -> _Draft:
        named: list[int] = []
        for index in classes:
            if named and len(", ".join(self._names[one] for one in [*named, index])) > LONGEST:
                break
            named.append(index)
        text = ", ".join(self._names[index] for index in named)
        return _Draft(parts=(text,), classes=tuple(named), by_class=True, spare=spare)

    def _leaning(self, one: Evidence) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return words for a weak preference, and the classes named by the first of them."""
        if not self._names:
            return (), ()
        leaning = answered(one.profile, threshold=self._threshold / 2)[:1]
        if leaning:
            return (f"leans to {self._names[leaning[0]]}",), leaning
        examples = most_beyond(one.profile, self._layer, EXAMPLES)
        if not examples:
            return (), ()
        given = f"many, e.g. {', '.join(self._names[index] for index in examples)}"
        if len(given) > LONGEST_EXAMPLES:
            examples = examples[:1]
            given = f"many, e.g. {self._names[examples[0]]}"
        return (given,), examples

    def told_apart(self, drafts: list[_Draft]) -> list[_Draft]:
        """Give equal titles something more."""
        counts = Counter(draft.text for draft in drafts)
        found = list(drafts)
        for place, draft in enumerate(drafts):
            others = [other for other, one in enumerate(drafts) if other != place and one.text == draft.text]
            if counts[draft.text] > 1 and draft.parts[0] != NEVER:
                found[place] = self._extended(place, draft, others, drafts)
        return found

    def _extended(self, place: int, draft: _Draft, others: list[int], drafts: list[_Draft]) -> _Draft:
        rivals = [self._clusters[other].profile for other in others]
        profile = self._clusters[place].profile
        if draft.by_class:
            strongest = np.nanmax(profile)
            for index in most_beyond(profile, np.max(rivals, axis=0), len(self._names)):
                rival = max(float(one[index]) for one in rivals)
                if index not in draft.classes and profile[index] > max(0.0, rival, 0.2 * strongest):
                    text = f"{draft.parts[0]}, {self._names[index]}"
                    return replace(draft, parts=(text,), classes=(*draft.classes, index))
        taken = {word for other in others for word in drafts[other].spare}
        for word in draft.spare:
            if word not in taken and word not in draft.parts:
                return replace(draft, parts=(*draft.parts, word))
        if self._names:
            for index in most_beyond(-profile, -np.min(rivals, axis=0), 1):
                if profile[index] < min(0.0, *(float(one[index]) for one in rivals)):
                    return replace(draft, parts=(*draft.parts, f"not {self._names[index]}"))
        return draft


def _first_of_families(words: Sequence[Said]) -> list[Said]:
    """Return the first word of each family."""
    found: list[Said] = []
    for word in words:
        if all(word.family != other.family for other in found):
            found.append(word)
    return found


def _distinct_first(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Put a second look first where the first one begins other titles as well: a card may show no more."""
    starts = Counter(draft.parts[0] for draft in drafts)
    turned: list[_Draft] = []
    for draft in drafts:
        first, *rest = draft.parts
        turn = starts[first] > 1 and rest and not starts[rest[0]] and not draft.by_class
        turned.append(replace(draft, parts=(rest[0], first, *rest[1:])) if turn else draft)
    return turned


def _numbered(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Number what is still equal, from the second on."""
    seen: Counter[str] = Counter()
    found: list[_Draft] = []
    for draft in drafts:
        seen[draft.text] += 1
        number = seen[draft.text]
        is_again = number > 1 and draft.parts[0] != NEVER
        found.append(replace(draft, parts=(*draft.parts[:-1], f"{draft.parts[-1]} {number}")) if is_again else draft)
    return found
