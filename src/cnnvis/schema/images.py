"""Sets of images that a person looks at together, and how clusters answer to them."""

from typing import Annotated

from msgspec import Meta, Struct

MOST_IMAGES = 2000
"""Images of a set: as many as the probe set has at most."""

Sample = Annotated[int, Meta(ge=0, le=10**15, description="Id of an image in the data.")]
ClassIndex = Annotated[int, Meta(ge=0, le=10**9, description="Index of a class.")]


class ImageChoice(Struct, frozen=True, kw_only=True):
    """Which probe images: those for which everything that is given holds; nothing given: all of them."""

    label: Annotated[ClassIndex | None, Meta(description="Class that they are of.")] = None
    answered: Annotated[ClassIndex | None, Meta(description="Class that they were answered with.")] = None
    wrong: Annotated[bool, Meta(description="Whether only those that were answered wrongly.")] = False
    neuron: Annotated[str | None, Meta(description="Id of a neuron: those that excite it most.")] = None
    samples: Annotated[tuple[Sample, ...] | None, Meta(description="Chosen one by one.")] = None
    group: Annotated[str | None, Meta(description="Id of a saved group.")] = None


class ClassCount(Struct, frozen=True, kw_only=True):
    """How many images of a set go with a class."""

    label: Annotated[int, Meta(description="Index of the class, or of an output without one.")]
    images: int


class SetImage(Struct, frozen=True, kw_only=True):
    """One image of a set."""

    sample: int
    image: Annotated[str | None, Meta(description="Relative address of the picture; None when it was not kept.")] = None
    label: Annotated[int | None, Meta(description="None without a label.")] = None
    predicted: Annotated[int | None, Meta(description="What the network answered; None when that is not known.")] = None


class ClusterAnswer(Struct, frozen=True, kw_only=True):
    """How a cluster answers to a set, in standard deviations of its neurons over the probe images; 0 is their mean."""

    layer: str
    cluster: str
    title: str
    answer: Annotated[float, Meta(description="Mean over the images.")]
    profile: Annotated[
        float,
        Meta(description="What the class profiles promise: the mean over the images of their classes' profiles."),
    ]


class ImageSetScene(Struct, frozen=True, kw_only=True):
    """Some probe images, and how the network answers to them."""

    title: Annotated[str, Meta(description="Which images they are, in words.")]
    images: Annotated[int, Meta(description="How many they are.")]
    unknown: Annotated[int, Meta(description="Images asked for that are not among the probe images.")] = 0
    of: Annotated[int, Meta(description="How many probe images there are.")]
    labelled: Annotated[int, Meta(description="How many of the images have a label.")]
    right: Annotated[int, Meta(description="How many of those were answered right.")]
    labels: Annotated[tuple[ClassCount, ...], Meta(description="Their classes, the commonest first.")]
    predictions: Annotated[tuple[ClassCount, ...], Meta(description="What they were answered with, commonest first.")]
    mistakes: Annotated[tuple[ClassCount, ...], Meta(description="The same of those that were answered wrongly.")]
    answering: Annotated[tuple[ClusterAnswer, ...], Meta(description="Clusters that answer most, those first.")]
    differing: Annotated[
        tuple[ClusterAnswer, ...],
        Meta(
            description="Clusters whose answer differs most from the class profiles, those first; none without label."
        ),
    ]
    members: Annotated[tuple[SetImage, ...], Meta(description="The images, by class, then id.")]


class ImageGroup(Struct, frozen=True, kw_only=True):
    """A set of images that the user saved under a name."""

    id: Annotated[str, Meta(description="Given once; never given again in this run.")]
    name: str
    samples: Annotated[tuple[Sample, ...], Meta(description="Ids of the images, ascending.")]


class ClassShare(Struct, frozen=True, kw_only=True):
    """How sure the network is of an answer."""

    label: Annotated[int | None, Meta(description="Index of the class; None for an output that is no class.")]
    share: Annotated[float, Meta(description="Probability: the softmax of the outputs.")]


class GivenImageScene(Struct, frozen=True, kw_only=True):
    """An image that a person gave, and what the network answers."""

    name: str
    image: Annotated[str, Meta(description="Relative address of a small picture of it.")]
    size: Annotated[tuple[int, int], Meta(description="Width and height as it was given.")]
    answers: Annotated[tuple[ClassShare, ...], Meta(description="The likeliest classes, those first.")]


class GivenScene(Struct, frozen=True, kw_only=True):
    """Images that a person gave, and how the network answers to them."""

    number: int
    images: tuple[GivenImageScene, ...]
    against: Annotated[
        int | None, Meta(description="Class whose profile is compared with; None: that of each image's answer.")
    ]
    predictions: Annotated[tuple[ClassCount, ...], Meta(description="What they are answered with, commonest first.")]
    answering: Annotated[tuple[ClusterAnswer, ...], Meta(description="Clusters that answer most, those first.")]
    differing: Annotated[
        tuple[ClusterAnswer, ...],
        Meta(description="Clusters whose answer differs most from the profiles, those first."),
    ]
    prepared: Annotated[str, Meta(description="What was done to the images before the network saw them, in words.")]
    refused: Annotated[tuple[str, ...], Meta(description="Why some were left out, a sentence each.")] = ()
