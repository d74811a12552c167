"""The door of the store: what stands in a folder is read and written only if it really lies there."""

import stat
from pathlib import Path

from cnnvis.schema.errors import RunError


def inside(folder: Path, *names: str) -> Path:
    """Return where something in a folder really is, all links followed; it may not be there yet.

    A run may come from anybody. With a link in it, another file of this machine would be shown, or one would be
    written, so every path into a run goes through here. The folder itself may be reached by links: the user named it.

    Raises:
        RunError: A link leads out of the folder, or it is neither a file nor a folder.

    """
    path = folder.joinpath(*names)
    try:
        place = path.resolve()
        outside = not place.is_relative_to(folder.resolve())
        strange = _is_strange(place)
    except (OSError, RuntimeError, ValueError) as error:
        message = f"{path} leads nowhere ({error})."
        raise RunError(message, "Copy the run folder anew.") from error
    if outside:
        message = f"{path} is a link that leads out of its folder."
        raise RunError(message, "Put the file itself there: `cp -rL` copies a folder with what its links lead to.")
    if strange:
        message = f"{path} is neither a file nor a folder."
        raise RunError(message, "Copy the run folder anew.")
    return place


def _is_strange(place: Path) -> bool:
    """Whether something else than a file or a folder is there, by one look: a journal may be gone at the next."""
    try:
        mode = place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
