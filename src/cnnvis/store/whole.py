"""Whether a run folder is all there: a look at the length of every file of arrays, which costs next to nothing."""

from pathlib import Path

import msgspec

from cnnvis.schema.errors import RunError
from cnnvis.schema.typed import decode_json
from cnnvis.store.inside import inside
from cnnvis.store.layout import IMAGES, INDEX_FILE, PIXELS_FILE, PROBE_FILE, STATISTICS_FILE
from cnnvis.store.pictures import pixels_end

_REMEDY = "Copy the run folder anew, or analyse again."
_HEAD = 8
"""A safetensors file begins with the length of its table of contents."""
_MOST_CONTENTS = 100 << 20


class _Place(msgspec.Struct):
    data_offsets: tuple[int, int] = (0, 0)


def require_whole(run: Path, snapshot: Path, *, pictures: bool) -> None:
    """Look whether the arrays of a run are complete, so that a torn copy is not noticed in the middle of a picture.

    Args:
        run: The run folder.
        snapshot: The folder of the snapshot that is opened.
        pictures: Whether the run must have pictures.

    Raises:
        RunError: A file is missing, or shorter or longer than it says itself.

    """
    needed = [snapshot / STATISTICS_FILE, snapshot / PROBE_FILE]
    images = run / IMAGES
    if pictures or images.is_dir():
        needed.append(images / INDEX_FILE)
    for path in dict.fromkeys((*needed, *sorted(snapshot.glob("*.safetensors")))):
        require_length(path, _end_of_arrays(path))
    if images / INDEX_FILE in needed:
        require_length(images / PIXELS_FILE, pixels_end(images))


def require_length(path: Path, expected: int) -> None:
    """Raise RunError unless a file has exactly so many bytes."""
    size = _size(path)
    if size != expected:
        what = "is truncated" if size < expected else "is damaged"
        raise RunError(f"{path} {what}: it has {size:,} bytes, not {expected:,}.", _REMEDY)


def _size(path: Path) -> int:
    try:
        return inside(path.parent, path.name).stat().st_size
    except OSError as error:
        raise RunError(f"{path} is missing ({error.strerror}).", _REMEDY) from error


def _end_of_arrays(path: Path) -> int:
    """Return where the last array of a safetensors file ends, by its own table of contents."""
    size = _size(path)
    try:
        with inside(path.parent, path.name).open("rb") as file:
            length = int.from_bytes(file.read(_HEAD), "little")
            if length > min(_MOST_CONTENTS, size - _HEAD):
                raise RunError(f"{path} is truncated: it ends after {size:,} bytes.", _REMEDY)
            places = decode_json(file.read(length), dict[str, _Place])
    except OSError as error:
        raise RunError(f"{path} cannot be read ({error.strerror}).", _REMEDY) from error
    except msgspec.MsgspecError as error:
        raise RunError(f"{path} is damaged ({error}).", _REMEDY) from error
    return _HEAD + length + max((place.data_offsets[1] for place in places.values()), default=0)
