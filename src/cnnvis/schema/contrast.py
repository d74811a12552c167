"""What the network mistakes, and how clusters answer to two sets of images."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.schema.scene import Example

Against = Literal["right", "other"]
"""What some images of a class are compared with: its rightly answered ones, or all images of another class."""


class Mistaken(Struct, frozen=True, kw_only=True):
    """One cell of the confusion matrix beside its diagonal."""

    label: Annotated[int, Meta(description="Index of the other class.")]
    images: int


class MistakesScene(Struct, frozen=True, kw_only=True):
    """What the images of a class are taken for, and whose images are taken for it; the commonest first."""

    label: int
    images: Annotated[int, Meta(description="Images of the class.")]
    right: int
    taken_for: Annotated[tuple[Mistaken, ...], Meta(description="What images of this class are answered with.")]
    taken: Annotated[tuple[Mistaken, ...], Meta(description="Whose images are answered with this class.")]


class ContrastSide(Struct, frozen=True, kw_only=True):
    """Some probe images."""

    images: Annotated[int, Meta(description="How many of the probe images they are.")]
    examples: Annotated[tuple[Example, ...], Meta(description="Some of them that the run holds.")]


class ClusterContrast(Struct, frozen=True, kw_only=True):
    """How a cluster answers to each side, in standard deviations of its neurons over the probe images."""

    layer: str
    cluster: str
    title: str
    first: float
    second: float


class ContrastScene(Struct, frozen=True, kw_only=True):
    """Two sets of probe images, and the clusters that answer to them most differently, those first."""

    first: ContrastSide
    second: ContrastSide
    clusters: tuple[ClusterContrast, ...]
