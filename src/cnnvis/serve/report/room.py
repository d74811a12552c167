"""How much still fits into a report."""

import gzip
import io
from dataclasses import dataclass, field
from functools import cached_property

from PIL import Image

from cnnvis.serve.problems import JSON
from cnnvis.serve.report.answers import Answer

GZIP_LEVEL = 9
QUALITY = 80
"""Of WebP, 0 to 100: patches of photographs lose nothing that one sees in a tile."""
_ENVELOPE = 120
"""Bytes that a pack needs besides its addresses and its data."""


@dataclass(frozen=True, eq=False)
class Packed:
    """Some answers, as they are stored."""

    addresses: tuple[str, ...]
    media_type: str
    content: bytes

    @cached_property
    def size(self) -> int:
        """Bytes that it takes in a file: base64 needs four for three."""
        named = sum(len(address.encode()) + 3 for address in self.addresses)
        return _ENVELOPE + named + 4 * ((len(self.content) + 2) // 3)


def pack_json(answers: dict[str, bytes]) -> Packed:
    """Return answers in JSON as one pack."""
    listed = b"[" + b",".join(answers.values()) + b"]"
    # Without a time stamp: the same run gives the same bytes.
    return Packed(tuple(answers), JSON, gzip.compress(listed, GZIP_LEVEL, mtime=0))


def pack_file(address: str, answer: Answer, *, smaller: bool) -> Packed:
    """Return an answer that is no JSON; ``smaller`` compresses an image as WebP, with loss, where that saves much."""
    if smaller and answer.media_type.startswith("image/"):
        with Image.open(io.BytesIO(answer.data)) as image:
            written = io.BytesIO()
            image.save(written, "WEBP", quality=QUALITY, method=4)
        if len(written.getvalue()) < 0.8 * len(answer.data):
            return Packed((address,), "image/webp", written.getvalue())
    return Packed((address,), answer.media_type, answer.data)


@dataclass(eq=False)
class Room:
    """The packs of a report, as many as fit.

    Args:
        limit: Bytes there are for them; None: no limit.

    """

    limit: int | None
    packs: list[Packed] = field(default_factory=list[Packed])
    used: int = 0

    def add(self, *packs: Packed, needed: bool = False) -> bool:
        """Take these in if all of them fit, or without asking if they are needed; return whether they are in."""
        size = sum(pack.size for pack in packs)
        if not needed and self.limit is not None and self.used + size > self.limit:
            return False
        self.used += size
        self.packs.extend(packs)
        return True

    def reserve(self, size: int) -> bool:
        """Keep this many bytes for what comes later, if there are so many; return whether there were."""
        if self.limit is not None and self.used + size > self.limit:
            return False
        self.used += size
        return True

    def release(self, size: int) -> None:
        """Give back what was kept."""
        self.used -= size
