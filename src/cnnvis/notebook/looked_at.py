"""What else the page's address says is looked at: images, two classes, and what a connection joins."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TypedDict

from cnnvis.compose.image_choice import choice_title, choose
from cnnvis.compose.studio import Studio
from cnnvis.notebook.page_address import PageAddress, read_ranges
from cnnvis.schema.connection_scene import SHARE, ConnectionScene
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.images import MOST_IMAGES, ImageChoice
from cnnvis.schema.scene import BlockFacts, GroupFacts, Scene
from cnnvis.schema.typed import decode_json


class LookedAt(TypedDict, total=False):
    """Fields of a selection."""

    images: tuple[int, ...]
    image_set: str
    compared: tuple[str, ...]
    connection: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]


def looked_at(address: PageAddress, studio: Studio) -> LookedAt:
    """Return what is looked at beside clusters; what the run does not have is left out, as the page says itself.

    Args:
        address: What the page shows.
        studio: The run.

    """
    found = LookedAt()
    for look in (_images, _compared, _connection):
        with suppress(KeyError, CnnvisError):
            found |= look(address, studio)
    return found


def shown_columns(scene: Scene, opened: set[str]) -> list[str]:
    """Return the layers of the columns that are shown, with groups and blocks opened (web/src/layout/columns.ts)."""
    return [layer for group in scene.groups for layer in _group_columns(group, opened)]


def _images(address: PageAddress, studio: Studio) -> LookedAt:
    if address.get("images") is None or address.get("given") is not None:
        return LookedAt()  # pictures from elsewhere are no images of the run
    name = address.get("group")
    group = None if name is None else {each.id: each for each in studio.edits.groups()}[name]
    choice = ImageChoice(
        label=_whole(address.get("of-class")),
        answered=_whole(address.get("answered")),
        wrong=address.get("wrong") is not None,
        neuron=address.get("of-neuron"),
        samples=tuple(read_ranges(address.get("images"))[:MOST_IMAGES]) or None,
        group=name,
    )
    run = studio.run
    samples = run.statistics.probe().samples[choose(run, choice, group)]
    title = choice_title(run.file.classes, choice, group, len(samples))
    return LookedAt(images=tuple(samples.tolist()), image_set=title)


def _compared(address: PageAddress, studio: Studio) -> LookedAt:
    label, _, rest = (address.get("pair") or "").partition("-")
    against, _, other = rest.partition("-")
    places, names = (_whole(label), _whole(other)), studio.run.file.classes
    if against not in ("right", "other") or None in places or places[0] == places[1]:
        return LookedAt()
    one, two = (names[place] if place is not None and place < len(names) else "" for place in places)
    if not (one and two):
        return LookedAt()
    answered = (f"{one} answered as {two}", f"{one} answered right")
    return LookedAt(compared=answered if against == "right" else (one, two))


def _connection(address: PageAddress, studio: Studio) -> LookedAt:
    name = address.get("joins")
    if name is None:
        return LookedAt()
    opened = {value for each, value in address.asked if each == "open"}
    mode, share = address.get("mode"), address.get("share")
    data = studio.links.scene_bytes(
        shown_columns(studio.scene, opened),
        mode if mode in ("weights", "contribution") else None,
        share=_share(share),
        everything=address.get("all") is not None,
    )
    for identity, sources, targets in _items(decode_json(data, ConnectionScene)):
        if identity == name:
            return LookedAt(connection=identity, sources=sources, targets=targets)
    return LookedAt()


def _items(scene: ConnectionScene) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield every bundle, trunk and curve: its id, and the clusters that it joins."""
    for gap in scene.gaps:
        source, target = scene.columns[gap.source], scene.columns[gap.target]
        joined = [(each.id, each.sources, each.targets) for each in (*gap.bundles, *gap.trunks)]
        for curve in gap.curves:
            # As web/src/layout/connections/items.ts names them.
            sign = "+" if curve.sign > 0 else "-"
            name = f"{gap.source}-{gap.target}{sign}{curve.source}>{curve.target}"
            joined.append((name, (curve.source,), (curve.target,)))
        for identity, sources, targets in joined:
            yield identity, tuple(f"{source}:{each}" for each in sources), tuple(f"{target}:{each}" for each in targets)


def _group_columns(group: GroupFacts, opened: set[str]) -> Iterator[str]:
    straight = len(group.blocks) == 1
    inside = len(group.blocks[0].layers) if straight else len(group.blocks)
    if group.id not in opened or inside < 2:
        yield group.layer
        return
    for block in group.blocks:
        yield from _block_columns(block, opened, straight=straight)


def _block_columns(block: BlockFacts, opened: set[str], *, straight: bool) -> Iterator[str]:
    if len(block.layers) > 1 and (straight or block.id in opened):
        yield from block.layers
    else:
        yield block.layer


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _share(text: str | None) -> float:
    try:
        share = float(text or "")
    except ValueError:
        return SHARE
    return share if 0 <= share <= 1 else SHARE
