"""Edits of image groups: whether they fit, what they come to, and how groups are taken to another run."""

from collections.abc import Sequence
from itertools import chain, count

from msgspec.structs import replace

from cnnvis.compose.words import counted
from cnnvis.schema.edits import EditsFile, ImagesEdit, RemoveImages, RenameImages, SaveImages
from cnnvis.schema.errors import EditError
from cnnvis.schema.images import MOST_IMAGES, ImageGroup
from cnnvis.store.reader import Run

MOST_GROUPS = 200


def resolve_images(edit: ImagesEdit, now: Sequence[ImageGroup], *, highest: int, probe: Sequence[int]) -> ImagesEdit:
    """Return the edit with the id that it gives.

    Args:
        edit: What the user asks for.
        now: The image groups as they are.
        highest: Highest number that a group ever had.
        probe: Ids of the probe images.

    Raises:
        EditError: It names what is not there, or would change nothing.

    """
    match edit:
        case SaveImages():
            name = _named(edit.name, now)
            absent = sorted(set(edit.samples) - set(probe))
            if absent:
                message = f"Image {absent[0]} is not among the probe images, and only of these answers are kept."
                raise EditError(message, "`cnnvis query RUN probe` lists them.")
            if len(now) >= MOST_GROUPS:
                raise EditError(f"There are {MOST_GROUPS} image groups already.", "Remove one first.")
            return replace(edit, name=name, samples=tuple(sorted(set(edit.samples))), id=f"g{highest + 1}")
        case RenameImages():
            known = group_of(now, edit.group)
            if known.name == edit.name.strip():
                raise EditError(f"The image group {edit.group} has that name already.", "Nothing is to do.")
            return replace(edit, name=_named(edit.name, now))
        case RemoveImages():
            group_of(now, edit.group)
            return edit


def images_footprint(edit: ImagesEdit, groups: Sequence[ImageGroup]) -> object:
    """Return all that an edit builds on, as `footprint` does for clusters."""
    if isinstance(edit, SaveImages):
        return any(each.name == edit.name.strip() for each in groups)
    return next((each for each in groups if each.id == edit.group), None)


def group_of(groups: Sequence[ImageGroup], identity: str) -> ImageGroup:
    """Return the group of this id; EditError when there is none."""
    found = next((each for each in groups if each.id == identity), None)
    if found is None:
        known = ", ".join(each.id for each in groups)
        raise EditError(f"There is no image group {identity!r}.", f"There are {known}." if known else "Save one first.")
    return found


def _named(name: str, now: Sequence[ImageGroup]) -> str:
    """Return a name without blanks around it; EditError when nothing is left, or another group has it."""
    bare = name.strip()
    if not bare:
        raise EditError("An image group needs a name.", "Give it one.")
    if any(each.name == bare for each in now):
        raise EditError(f"There is an image group “{bare}” already.", "Choose another name.")
    return bare


def carry_groups(
    run: Run, file: EditsFile, now: Sequence[ImageGroup], *, highest: int
) -> tuple[tuple[ImageGroup, ...], list[str]]:
    """Return the groups of a file as they are in this run, and what of them could not be taken over, in sentences.

    Images are known by their ids, so they mean something only where the data are the same. A group that is here
    already, with the same name and images, is not taken over again.
    """
    if file.groups and file.data != run.file.data.name:
        said = (
            f"{counted(len(file.groups), 'image group')}: made on other data ({file.data}, not {run.file.data.name})."
        )
        return (), [said]
    probe = set(run.statistics.probe().samples.tolist())
    names = {each.name for each in now}
    kept: list[ImageGroup] = []
    missing: list[str] = []
    for each in file.groups:
        samples = tuple(sorted(set(each.samples) & probe))[:MOST_IMAGES]
        lost = len(set(each.samples)) - len(samples)
        if lost:
            missing.append(f"{counted(lost, 'image')} of the group “{each.name}”: not among the probe images here.")
        if not samples or any((one.name, one.samples) == (each.name, samples) for one in now):
            continue
        if len(now) + len(kept) >= MOST_GROUPS:
            missing.append(f"The image group “{each.name}”: there are {MOST_GROUPS} already.")
            continue
        name = _free(each.name, names)
        names.add(name)
        highest += 1
        kept.append(ImageGroup(id=f"g{highest}", name=name, samples=samples))
    return tuple(kept), missing


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no group has: with a number behind it where it has to be."""
    bare = name.strip()[:190] or "group"
    numbered = (f"{bare} ({number})" for number in count(2))
    return next(each for each in chain([bare], numbered) if each not in taken)
