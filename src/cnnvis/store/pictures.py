"""The images of a run: each needed one once, in one file of pixels and one index.

Small pictures are kept as they are (raw pixels), larger ones as PNG or JPEG with the longest side capped, together
with the map from model-input pixels to stored pixels, so that patches are boxes into them (design: the run folder).
"""

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from cnnvis.schema.errors import RunError
from cnnvis.store.files import ArrayFile, explaining_disk_errors, write_arrays
from cnnvis.store.inside import inside
from cnnvis.store.layout import INDEX_FILE, PIXELS_FILE

LONGEST_SIDE = 512
RAW_PIXELS = 64 * 64
"""Up to this many pixels a picture is stored raw: encoding thousands of tiny images costs more than it saves."""
LOSSLESS_PIXELS = 128 * 128
JPEG_QUALITY = 90
RAW, PNG, JPEG = 0, 1, 2


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredPicture:
    """A picture to keep: its pixels, the model input's place in it, and what the model said.

    Input pixel edge (x, y) lies at (left + x * scale_x, top + y * scale_y) of the pixels.
    """

    sample: int
    pixels: UInt8[np.ndarray, "height width channels"]
    left: float
    top: float
    scale_x: float
    scale_y: float
    label: int = -1
    predicted: int = -1


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """Where a stored picture is and what belongs to it; sizes in stored pixels."""

    sample: int
    offset: int
    length: int
    height: int
    width: int
    channels: int
    encoding: int
    left: float
    top: float
    scale_x: float
    scale_y: float
    label: int
    predicted: int


_INTEGERS = ("sample", "offset", "length", "height", "width", "channels", "encoding", "label", "predicted")
_REALS = ("left", "top", "scale_x", "scale_y")


def write_pictures(folder: Path, pictures: Iterable[StoredPicture], *, budget: int) -> int:
    """Write pictures until ``budget`` bytes are used; return how many were kept.

    Args:
        folder: The run's image folder.
        pictures: In order of priority: what comes first is kept when the budget is short.
        budget: Most bytes of pixels to write.

    Raises:
        RunError: The disk is full or the folder cannot be written to.

    """
    path = folder / PIXELS_FILE
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    facts: list[PictureFacts] = []
    with explaining_disk_errors(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                for blob, entry in _encoded(pictures, budget):
                    file.write(blob)
                    facts.append(entry)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    facts.sort(key=lambda entry: entry.sample)
    arrays = {name: np.array([getattr(entry, name) for entry in facts], dtype=np.int64) for name in _INTEGERS}
    arrays |= {name: np.array([getattr(entry, name) for entry in facts], dtype=np.float64) for name in _REALS}
    write_arrays(folder / INDEX_FILE, arrays)
    return len(facts)


def _encoded(pictures: Iterable[StoredPicture], budget: int) -> Iterator[tuple[bytes, PictureFacts]]:
    """Encode pictures one after the other until the budget is used up."""
    offset = 0
    for picture in pictures:
        pixels, shrink_x, shrink_y = _capped(picture.pixels)
        blob, encoding = _encode(pixels)
        if offset + len(blob) > budget:
            return
        yield (
            blob,
            PictureFacts(
                sample=picture.sample,
                offset=offset,
                length=len(blob),
                height=pixels.shape[0],
                width=pixels.shape[1],
                channels=pixels.shape[2],
                encoding=encoding,
                left=picture.left * shrink_x,
                top=picture.top * shrink_y,
                scale_x=picture.scale_x * shrink_x,
                scale_y=picture.scale_y * shrink_y,
                label=picture.label,
                predicted=picture.predicted,
            ),
        )
        offset += len(blob)


def _capped(
    pixels: UInt8[np.ndarray, "height width channels"],
) -> tuple[UInt8[np.ndarray, "capped_height capped_width channels"], float, float]:
    """Shrink a picture whose longest side is over the cap; return it and the factors along x and y."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= LONGEST_SIDE:
        return pixels, 1.0, 1.0
    size = (max(1, round(width * LONGEST_SIDE / longest)), max(1, round(height * LONGEST_SIDE / longest)))
    resized = to_array(to_image(pixels).resize(size, Image.Resampling.LANCZOS))
    return resized, size[0] / width, size[1] / height


def _encode(pixels: UInt8[np.ndarray, "height width channels"]) -> tuple[bytes, int]:
    area = pixels.shape[0] * pixels.shape[1]
    if area <= RAW_PIXELS:
        return np.ascontiguousarray(pixels).tobytes(), RAW
    if area <= LOSSLESS_PIXELS:
        return png_bytes(pixels), PNG
    buffer = io.BytesIO()
    to_image(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue(), JPEG


def to_image(pixels: UInt8[np.ndarray, "height width channels"]) -> Image.Image:
    """Return a Pillow image of grey (1 channel) or RGB (3 channels) pixels."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def to_array(image: Image.Image) -> UInt8[np.ndarray, "height width channels"]:
    """Return a Pillow image's pixels with a channel axis."""
    array = np.asarray(image)
    return array[:, :, None] if array.ndim == 2 else array


def png_bytes(pixels: UInt8[np.ndarray, "height width channels"]) -> bytes:
    """Return pixels as a PNG file."""
    buffer = io.BytesIO()
    to_image(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def pixels_end(folder: Path) -> int:
    """Return how many bytes of pixels an index speaks of; RunError when it is missing or damaged."""
    offset, length = ArrayFile(folder / INDEX_FILE).read("offset", "length")
    return int((offset + length).max(initial=0))


class PictureReader:
    """The stored pictures of a run, found by sample id.

    Args:
        folder: The run's image folder.

    Raises:
        RunError: The index is missing or damaged.

    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / PIXELS_FILE
        columns = ArrayFile(folder / INDEX_FILE).read(*_INTEGERS, *_REALS)
        self._columns = dict(zip((*_INTEGERS, *_REALS), columns, strict=True))
        self._rows = {int(sample): row for row, sample in enumerate(self._columns["sample"])}

    def __contains__(self, sample: int) -> bool:
        """Whether the picture of this sample was kept."""
        return sample in self._rows

    def __len__(self) -> int:
        """Count the stored pictures."""
        return len(self._rows)

    @property
    def samples(self) -> list[int]:
        """Sample ids of all stored pictures, ascending."""
        return sorted(self._rows)

    def facts(self, sample: int) -> PictureFacts:
        """Return what is known of this sample's picture; KeyError when it was not kept."""
        row = self._rows[sample]
        sample, offset, length, height, width, channels, encoding, label, predicted = (
            int(self._columns[name][row]) for name in _INTEGERS
        )
        left, top, scale_x, scale_y = (float(self._columns[name][row]) for name in _REALS)
        return PictureFacts(
            sample=sample,
            offset=offset,
            length=length,
            height=height,
            width=width,
            channels=channels,
            encoding=encoding,
            left=left,
            top=top,
            scale_x=scale_x,
            scale_y=scale_y,
            label=label,
            predicted=predicted,
        )

    def pixels(self, sample: int) -> UInt8[np.ndarray, "height width channels"]:
        """Return the stored pixels of this sample; KeyError when it was not kept, RunError when damaged."""
        facts = self.facts(sample)
        blob = self._blob(facts)
        try:
            if facts.encoding == RAW:
                return np.frombuffer(blob, np.uint8).reshape(facts.height, facts.width, facts.channels)
            # Only what is written here is read: other formats would start other programs on what anybody may send.
            with Image.open(io.BytesIO(blob), formats=("PNG", "JPEG")) as image:
                return to_array(image.convert("L" if facts.channels == 1 else "RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            message = f"Picture {sample} in {self._path} is damaged ({error})."
            raise RunError(message, "Copy the run folder anew.") from error

    def file(self, sample: int) -> tuple[bytes, str]:
        """Return this sample's picture as the bytes and the media type of an image file."""
        facts = self.facts(sample)
        if facts.encoding == RAW:
            return png_bytes(self.pixels(sample)), "image/png"
        return self._blob(facts), "image/png" if facts.encoding == PNG else "image/jpeg"

    def _blob(self, facts: PictureFacts) -> bytes:
        if facts.offset < 0 or facts.length < 0:
            message = f"The index says that picture {facts.sample} begins at {facts.offset} with {facts.length} bytes."
            raise RunError(message, "Copy the run folder anew.")
        try:
            with inside(self._path.parent, self._path.name).open("rb") as file:
                file.seek(facts.offset)
                blob = file.read(facts.length)
        except OSError as error:
            message = f"{self._path} cannot be read ({error.strerror})."
            raise RunError(message, "Copy the run folder anew.") from error
        if len(blob) < facts.length:
            message = f"{self._path} is truncated: picture {facts.sample} ends after {len(blob)} bytes."
            raise RunError(message, "Copy the run folder anew.")
        return blob
