"""The words of the run folder: what was analysed, with what, and how far it came."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

RUN_VERSION = 1


class ModelFacts(Struct, frozen=True, kw_only=True):
    """Which network was analysed."""

    name: str
    source: Annotated[str, Meta(description="The reference given: module:function, torchvision:NAME, a class.")] = ""
    checkpoint: str = ""
    parameters: int = 0
    input_shape: tuple[int, ...] = ()


class DataFacts(Struct, frozen=True, kw_only=True):
    """Which images were shown to it."""

    name: str
    images: Annotated[int | None, Meta(description="Images in the data; None when unknown.")] = None
    labelled: bool = True
    by_prediction: Annotated[
        bool, Meta(description="Without labels: whether an image counts for the class that the network predicts.")
    ] = False
    preprocessing: str = ""
    skipped: Annotated[tuple[str, ...], Meta(description="Images that could not be read, with the reason.")] = ()

    @property
    def grouped(self) -> bool:
        """Whether images belong to classes, by label or by prediction, so that neurons have class profiles."""
        return self.labelled or self.by_prediction


class SnapshotFacts(Struct, frozen=True, kw_only=True):
    """What one pass over the data found out, apart from the arrays."""

    step: int = 0
    images_seen: int
    images_total: int | None = None
    complete: bool = True
    correct: Annotated[int | None, Meta(description="Images whose label was predicted; None without labels.")] = None
    top_k: int
    probe_images: int = 0
    nonfinite: Annotated[int, Meta(description="Activation values that were NaN or infinite.")] = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


class NamedGroup(Struct, frozen=True, kw_only=True):
    """A group of classes that the user named."""

    name: str
    classes: Annotated[tuple[int, ...], Meta(description="Classes that are in no further group inside it.")] = ()
    groups: tuple["NamedGroup", ...] = ()

    @property
    def all_classes(self) -> tuple[int, ...]:
        """Every class in it, those of the groups inside it included."""
        return self.classes + tuple(index for group in self.groups for index in group.all_classes)


class RunFile(Struct, frozen=True, kw_only=True):
    """``run.json``: the run folder's front page."""

    version: int = RUN_VERSION
    kind: Literal["cnnvis-run"] = "cnnvis-run"
    id: str
    name: str
    created: Annotated[str, Meta(description="UTC time, ISO 8601.")]
    tool: Annotated[str, Meta(description="Version of cnnvis that wrote it.")]
    model: ModelFacts
    data: DataFacts
    classes: tuple[str, ...]
    class_groups: Annotated[tuple[NamedGroup, ...], Meta(description="The user's hierarchy of the classes.")] = ()
