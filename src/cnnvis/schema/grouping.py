"""Layer groups: the columns of the picture and the blocks they open into (design: grouping)."""

from msgspec import Struct


class Block(Struct, frozen=True, kw_only=True):
    """Neighbouring units of one module inside a layer group."""

    id: str
    title: str
    units: tuple[str, ...]
    representative: str


class LayerGroup(Struct, frozen=True, kw_only=True):
    """Neighbouring layers of equal cumulative stride, merged into one column."""

    id: str
    title: str
    layers: tuple[str, ...]
    units: tuple[str, ...]
    representative: str
    blocks: tuple[Block, ...]


class Grouping(Struct, frozen=True, kw_only=True):
    """All layer groups from input to output, and how tensors flow between them."""

    groups: tuple[LayerGroup, ...]
    flow: tuple[tuple[int, int], ...]
    """Pairs of group indices (source, target), skips included."""
