"""Numbers and names as a person reads them."""

from collections.abc import Sequence

from cnnvis.schema.graph import Layer, LayerGraph, ReceptiveField, Unit


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 neuron``, ``2 neurons``, ``26,560 neurons``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Return a share with as many digits as matter: ``91.50 %``."""
    return f"{100 * share:.2f} %"


def map_size(layer: Layer) -> tuple[int, ...]:
    """Return the sizes of a neuron's map: (height, width), or empty for a single value."""
    sizes = tuple(layer.shape[axis] for axis in layer.spatial_axes)
    return () if all(size == 1 for size in sizes) else sizes


def map_words(layer: Layer) -> str:
    """Return ``32 × 32``, or nothing for a single value."""
    return " × ".join(str(size) for size in map_size(layer))


def field_words(field: ReceptiveField, input_shape: tuple[int, ...]) -> str:
    """Return what a neuron sees of an input of shape (channels, height, width), in words."""
    if field.y is None or field.x is None:
        return "the whole image"
    height = -(-field.y.size[0] // field.y.size[1])
    width = -(-field.x.size[0] // field.x.size[1])
    # Twice the image, so that the whole of it is in sight from every place.
    if len(input_shape) >= 2 and height >= 2 * input_shape[-2] and width >= 2 * input_shape[-1]:
        return "the whole image"
    most = "at most " if field.status == "bound" else ""
    if len(input_shape) >= 2 and (height > input_shape[-2] or width > input_shape[-1]):
        return f"{most}{width} × {height} pixels (the image has {input_shape[-1]} × {input_shape[-2]})"
    return f"{most}{width} × {height} pixels of the image"


def operations(graph: LayerGraph, unit: Unit) -> str:
    """Return the operations of a unit in order: ``conv2d, batch_norm, relu``."""
    return ", ".join(graph.layer(member).op for member in unit.members)


def neurons_line(graph: LayerGraph, units: Sequence[Unit], shown: Unit) -> str:
    """Return a column's line of facts: ``6 conv · 64 neurons · 8 × 8``."""
    convolutions = sum(unit.role == "conv" for unit in units)
    parts = [f"{convolutions} conv"] if convolutions else []
    parts.append(counted(shown.neurons, "neuron"))
    size = map_words(graph.layer(shown.id))
    return " · ".join([*parts, size] if size else parts)


def duration(seconds: float) -> str:
    """Return ``40 s``, ``3 min``, ``2 h 05 min``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def megabytes(count: int) -> str:
    """Return a number of bytes as ``12 MB`` or ``1.3 GB``."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"


def expectation(images: int | None, seconds: float | None, after: float, disk: int, memory: int) -> str:
    """Return what an analysis will take, as one line; ``after``: seconds of the passes after that over the data."""
    amount = "images of unknown number" if images is None else counted(images, "image")
    time = "" if seconds is None else f" about {duration(seconds)},"
    if time and after >= 1:
        time += f" then up to {duration(after)} for contributions and connections,"
    return f"{amount}:{time} up to {megabytes(disk)} on disk and {megabytes(memory)} of memory for the statistics"
