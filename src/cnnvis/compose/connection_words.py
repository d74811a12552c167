"""What a bundle joins, as a sentence."""

from collections.abc import Sequence

from cnnvis.schema.connection_scene import Sign

_NAMED = 2


def bundle_words(sources: Sequence[str], targets: Sequence[str], sign: Sign, share: float) -> str:
    """Return a sentence such as: These 3 clusters (edges, fine texture and 1 more) excite these 2 (dog, cat): 14 % ...

    Args:
        sources: Titles of the source clusters.
        targets: Titles of the target clusters.
        sign: 1 excites, -1 inhibits.
        share: Of all weight of this sign between the two columns.

    """
    verb, kind = ("excite", "excitation") if sign > 0 else ("inhibit", "inhibition")
    percent = "less than 1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")
    subject = f"These {len(sources)} clusters" if len(sources) > 1 else "This cluster"
    verb = verb if len(sources) > 1 else f"{verb}s"
    joined = f"these {len(targets)}" if len(targets) > 1 else "this one"
    return f"{subject} ({_named(sources)}) {verb} {joined} ({_named(targets)}): {percent} of the {kind} here."


def stale_words(cut: Sequence[tuple[str, str]]) -> str:
    """Say which clusters have contributions of before an edit; nothing without any.

    Args:
        cut: Titles of the column and of the cluster, from left to right.

    """
    if not cut:
        return ""
    columns = [f"{_named(titles)} in {column}" for column, titles in _by_column(cut).items()]
    return (
        f"What reaches {', '.join(columns)} is as before your edits: contributions to a cluster are computed with the "
        "network."
    )


def _by_column(cut: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column, title in cut:
        found.setdefault(column, []).append(title)
    return found


def _named(titles: Sequence[str]) -> str:
    """Return the first titles, each once, and how many more there are."""
    distinct = list(dict.fromkeys(titles))
    named = ", ".join(f"“{title}”" for title in distinct[:_NAMED])
    more = len(titles) - sum(titles.count(title) for title in distinct[:_NAMED])
    return f"{named} and {more} more" if more else named
