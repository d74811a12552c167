"""The Python front door of the user's edits: `cnnvis.Edits`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar, get_args

import msgspec

from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import (
    CarryReport,
    ClusterState,
    Create,
    EditsFile,
    EditsScene,
    HistoryEntry,
    Lock,
    Merge,
    Method,
    Move,
    Note,
    Regroup,
    Regrouping,
    RemoveImages,
    Rename,
    RenameImages,
    SaveImages,
    Split,
)
from cnnvis.schema.errors import EditError
from cnnvis.schema.images import ImageGroup
from cnnvis.schema.typed import convert, decode_json
from cnnvis.store.files import write_bytes
from cnnvis.store.reader import Run, read_run

AnyEdit = TypeVar(
    "AnyEdit", Move, Create, Merge, Split, Regroup, Lock, Rename, Note, SaveImages, RenameImages, RemoveImages
)


class Edits:
    """The clusters and image groups of a run as its user has them, and all that can be done to them.

    What is done here is seen by an open page at once, and the other way round. Every method that changes something
    returns when it is on the disk, and raises an `EditError` when it does not fit the clusters as they are.

    Args:
        run: The run, or its folder.

    Raises:
        RunError: The run cannot be opened.

    Example:
        >>> edits = cnnvis.Edits("runs/resnet20")  # doctest: +SKIP
        >>> edits.move("layer2.0/relu#1", [3, 14], to="c2")  # doctest: +SKIP
        >>> edits.undo()  # doctest: +SKIP

    """

    def __init__(self, run: Run | str | Path) -> None:
        opened = run if isinstance(run, Run) else read_run(run)
        self._studio = Studio(opened, identity=opened.path.name)

    @property
    def state(self) -> EditsScene:
        """The edits as they are now: what can be undone and redone, and the edited layers."""
        return self._studio.edits.scene()

    @property
    def history(self) -> tuple[HistoryEntry, ...]:
        """What was done, oldest first; what was undone and can be redone stands at the end."""
        return self._studio.edits.history().entries

    def clusters(self, layer: str) -> tuple[ClusterState, ...]:
        """Return the clusters of a layer, edited or not."""
        return self._studio.edits.clusters(layer).clusters

    def move(self, layer: str, neurons: Iterable[int], *, to: str) -> EditsScene:
        """Move neurons, by channel, into a cluster, by id; a cluster that is left empty is gone."""
        return self._studio.edits.make(_checked(Move(layer=layer, neurons=tuple(neurons), to=to)))

    def create(self, layer: str, neurons: Iterable[int], *, name: str = "") -> EditsScene:
        """Make a new cluster of neurons."""
        return self._studio.edits.make(_checked(Create(layer=layer, neurons=tuple(neurons), name=name)))

    def merge(self, layer: str, clusters: Iterable[str]) -> EditsScene:
        """Make one cluster of several; the first one keeps its id, name and note."""
        return self._studio.edits.make(_checked(Merge(layer=layer, clusters=tuple(clusters))))

    def split(self, layer: str, cluster: str, *, k: int = 2) -> EditsScene:
        """Split a cluster by Ward's method; the largest part keeps its id, name and note."""
        return self._studio.edits.make(_checked(Split(layer=layer, cluster=cluster, k=k)))

    def regroup(self, layer: str, *, method: str = "ward", k: int | None = None) -> EditsScene:
        """Group a layer anew by ``ward``, ``kmeans`` or ``meanshift``; locked clusters stay. Without k it is found."""
        return self._studio.edits.make(_regroup(layer, method, k))

    def preview(self, layer: str, *, method: str = "ward", k: int | None = None) -> Regrouping:
        """Return the layer as it is and as `regroup` would make it, and which neurons would go where."""
        return self._studio.preview(_regroup(layer, method, k))

    def lock(self, layer: str, cluster: str, *, locked: bool = True) -> EditsScene:
        """Keep a cluster's neurons as they are, or with ``locked=False`` allow changes again."""
        return self._studio.edits.make(_checked(Lock(layer=layer, cluster=cluster, locked=locked)))

    def rename(self, layer: str, cluster: str, name: str) -> EditsScene:
        """Name a cluster; an empty name gives the automatic title back."""
        return self._studio.edits.make(_checked(Rename(layer=layer, cluster=cluster, name=name)))

    def note(self, layer: str, text: str, *, cluster: str | None = None, neuron: int | None = None) -> EditsScene:
        """Write about a cluster, a neuron, or the layer when neither is given; an empty text removes the note."""
        return self._studio.edits.make(_checked(Note(layer=layer, text=text, cluster=cluster, neuron=neuron)))

    @property
    def image_groups(self) -> tuple[ImageGroup, ...]:
        """The saved image groups, oldest first."""
        return self._studio.edits.groups()

    def save_images(self, name: str, samples: Iterable[int]) -> EditsScene:
        """Keep some probe images, by their ids in the data, under a name."""
        return self._studio.edits.make(_checked(SaveImages(name=name, samples=tuple(samples))))

    def rename_images(self, group: str, name: str) -> EditsScene:
        """Give an image group, by id, another name."""
        return self._studio.edits.make(_checked(RenameImages(group=group, name=name)))

    def remove_images(self, group: str) -> EditsScene:
        """Forget an image group, by id; the images stay."""
        return self._studio.edits.make(_checked(RemoveImages(group=group)))

    def undo(self) -> EditsScene:
        """Take the newest edit back."""
        return self._studio.edits.undo()

    def redo(self) -> EditsScene:
        """Make the edit again that was undone last."""
        return self._studio.edits.redo()

    def jump(self, done: int) -> EditsScene:
        """Undo or redo until this many edits of the history hold."""
        return self._studio.edits.jump(done)

    def save(self, path: str | Path) -> None:
        """Write layers and image groups to a JSON file, which `load` takes to another run; RunError when that fails."""
        encoded = msgspec.json.format(msgspec.json.encode(self._studio.edits.export()), indent=1)
        write_bytes(Path(path), encoded + b"\n")

    def load(self, path: str | Path) -> CarryReport:
        """Take over the layers and image groups of a file as one edit; returns what could be taken over and what not.

        Neurons are matched by number where the two layers are the same, else by their class profiles; image
        groups by the ids of their images, where both runs are of the same data.
        """
        try:
            file = decode_json(Path(path).read_bytes(), EditsFile)
        except OSError as error:
            message = f"{path} cannot be read: {(error.strerror or str(error)).lower()}."
            raise EditError(message, "Give a file that was exported.") from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise EditError(f"{path} holds no edits: {error}.", "Give a file that was exported.") from error
        return self._studio.edits.take_over(file)


def _regroup(layer: str, method: str, k: int | None) -> Regroup:
    """Return the edit with a method that there is, else the EditError names those."""
    try:
        known: Method = convert(method, Method)
    except msgspec.ValidationError as error:
        message = f"There is no method {method!r} to group neurons."
        raise EditError(message, f"Give one of {', '.join(get_args(Method))}.") from error
    return _checked(Regroup(layer=layer, method=known, k=k))


def _checked(edit: AnyEdit) -> AnyEdit:
    """Hold what Python gave to the limits that hold for what comes over the wire."""
    try:
        return decode_json(msgspec.json.encode(edit), type(edit))
    except (msgspec.MsgspecError, TypeError) as error:
        raise EditError(f"This is not an edit: {error}.", "See the documentation of cnnvis.Edits.") from error
