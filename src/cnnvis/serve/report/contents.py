"""What goes into a report: the frame, the columns, their connections, then neurons and images while there is room."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import msgspec
from msgspec.structs import replace

from cnnvis.compose.words import counted
from cnnvis.schema.connection_scene import SHARE, ConnectionScene
from cnnvis.schema.contrast import ContrastScene, ContrastSide, MistakesScene
from cnnvis.schema.edits import EditsScene
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ImageSetScene
from cnnvis.schema.scene import LayerScene, NeuronScene, PatchScene, RunEntry, Scene
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers, key_of
from cnnvis.serve.report.image_sets import image_sets
from cnnvis.serve.report.room import Packed, Room, pack_file, pack_json
from cnnvis.serve.report.training import training_answers

SMALL = 19_000_000
"""Bytes for the contents of a report that is sent around: with its page and a reserve it stays below 20 MB."""
MANY_CLASSES, MISTAKES = 40, 3
"""Classes up to which a report has what they are mistaken for, and mistakes of each that it compares."""
MANY_PATHS = 400
"""Ways back are found one by one: a report has them all only up to so many."""

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


@dataclass(frozen=True, eq=False)
class Contents:
    """What a report holds."""

    run: RunEntry
    packs: tuple[Packed, ...]
    left_out: tuple[str, ...]


@dataclass(eq=False)
class _Layer:
    """A layer with what was gathered of it."""

    id: str
    column: bool
    output: bool
    scene: LayerScene | None = None
    neurons: dict[str, NeuronScene] = field(default_factory=dict[str, NeuronScene])
    reserved: int = 0


def gather(answers: Answers, entry: RunEntry, *, limit: int | None, progress: Progress | None = None) -> Contents:
    """Return what a report of a run holds.

    With a limit, everything is taken as it is if it fits; else images are compressed with loss, and what comes first
    on the page goes in first.

    Args:
        answers: Where it comes from.
        entry: The run.
        limit: Bytes that the contents may have; None: everything, as it is.
        progress: Is told how far it is.

    Raises:
        CnnvisError: Something of the run cannot be read.

    """
    whole = _Gathering(answers, entry, limit, smaller=False, progress=progress)
    whole.fill(stop_early=limit is not None)
    if whole.is_whole:
        return whole.contents()
    reduced = _Gathering(answers, entry, limit, smaller=True, progress=progress)
    reduced.fill()
    return reduced.contents()


class _Gathering:
    def __init__(
        self, answers: Answers, entry: RunEntry, limit: int | None, *, smaller: bool, progress: Progress | None
    ) -> None:
        self._answers = answers
        self._entry = replace(entry, read_only=True)
        self._run = f"runs/{quote(entry.id, safe='')}"
        self._room = Room(limit)
        self._smaller = smaller
        self._progress = progress or _unseen
        self._images: set[str] = set()
        """Those that are in it."""
        self._tried: set[str] = set()
        """Those of neurons that are in it, or had no place."""
        self._without: dict[str, int] = {}
        self.left_out: list[str] = []
        scene = self._json("scene")
        self._scene = decode_json(scene, Scene)
        self._frame = {
            "runs": msgspec.json.encode([self._entry]),
            f"{self._run}/scene": scene,
            f"{self._run}/graph": self._json("graph"),
            f"{self._run}/worker": self._json("worker"),
        }
        outputs = {group.layer for group in self._scene.groups if group.output}
        self._layers = [_Layer(layer, column, layer in outputs) for layer, column in _in_order(self._scene)]

    @property
    def is_whole(self) -> bool:
        """Whether everything had a place."""
        return not self._without

    def contents(self) -> Contents:
        return Contents(self._entry, tuple(self._room.packs), tuple(self.left_out))

    def fill(self, *, stop_early: bool = False) -> None:
        """Take in as much as there is room for; ``stop_early``: no more once something has no place."""
        examples = [self._file(_below_api(example.image)) for example in self._scene.examples]
        self._room.add(pack_json(self._frame), *examples, needed=True)
        self._images = {example.image for example in self._scene.examples}
        steps = self._steps()
        for number, step in enumerate(steps):
            self._progress(number, len(steps))
            step()
            if stop_early and self._without:
                break
        self._progress(len(steps), len(steps))
        for layer in self._layers:
            self._write_neurons(layer)
        self._say_what_is_missing()

    def _steps(self) -> list[Callable[[], None]]:
        columns, others = [[each for each in self._layers if each.column is kind] for kind in (True, False)]
        return [
            *(_later(self._add_layer, each) for each in columns),
            self._add_connections,
            self._add_training,
            self._add_mistakes,
            *(_later(self._add_tiles, each) for each in columns if not each.output),
            *(_later(self._add_neurons, each) for each in columns),
            *(_later(self._add_best_images, each) for each in columns),
            *(_later(self._add_layer, each) for each in others),
            *(_later(self._add_tiles, each) for each in others),
            *(_later(self._add_neurons, each) for each in others),
            *(_later(self._add_best_images, each) for each in others),
            *(_later(self._add_other_images, each) for each in self._layers),
            self._add_image_sets,
            # Classes are drawn without tiles, unless one looks closer.
            *(_later(self._add_tiles, each) for each in columns if each.output),
        ]

    def _json(self, address: str) -> bytes:
        return self._answers.get(f"{self._run}/{address}").data

    def _edits(self) -> EditsScene:
        return decode_json(self._json("edits"), EditsScene)

    def _file(self, address: str) -> Packed:
        return pack_file(key_of(address), self._answers.get(address), smaller=self._smaller)

    def _add_layer(self, layer: _Layer) -> None:
        asked = f"layer?{urlencode({'id': layer.id})}"
        data = self._json(asked)
        scene = decode_json(data, LayerScene)
        answers = {key_of(f"{self._run}/{asked}"): data}
        if layer.column:
            answers |= self._class_orders(scene)
        drawn = [_below_api(each.address) for each in scene.matrices]
        if self._room.add(pack_json(answers), *map(self._file, drawn)):
            layer.scene = scene
        else:
            self._leave_out("layers")

    def _add_tiles(self, layer: _Layer) -> None:
        atlas = None if layer.scene is None else layer.scene.atlas
        if atlas is not None and not self._room.add(self._file(_below_api(atlas))):
            self._leave_out("layers' tiles")

    def _class_orders(self, scene: LayerScene) -> dict[str, bytes]:
        asked = [
            f"{self._run}/class-order?{urlencode({'layer': scene.layer, 'cluster': cluster.id, 'facet': matrix.facet})}"
            for matrix in scene.matrices
            for cluster in scene.clusters
            if not cluster.never_active
        ]
        return {key_of(address): self._answers.get(address).data for address in asked}

    def _add_connections(self) -> None:
        columns = [group.layer for group in self._scene.groups]
        try:
            first = self._connections(columns, None)
        except AbsentError:
            return  # a run without them
        scene = decode_json(next(iter(first.values())), ConnectionScene)
        modes = [scene.default, *(mode for mode in scene.modes if mode != scene.default)]
        for number, mode in enumerate(modes):
            drawn = (first if mode == scene.mode else {}) | self._connections(columns, mode)
            if not self._room.add(pack_json(drawn)):
                self._leave_out("meanings of connections")
                continue
            starts = self._starts(columns)
            if len(starts) > MANY_PATHS:
                self._leave_out("strongest ways back", len(starts))
                continue
            asked = [None, mode] if number == 0 else [mode]
            ways = {key: data for each in asked for start in starts for key, data in self._path(columns, each, start)}
            if not self._room.add(pack_json(ways)):
                self._leave_out("strongest ways back", len(starts))

    def _add_mistakes(self) -> None:
        """Take in what classes are mistaken for, and the comparisons of their commonest mistakes."""
        if not self._scene.run.labelled or len(self._scene.classes) > MANY_CLASSES:
            return
        found: dict[str, bytes] = {}
        for each in self._scene.classes:
            try:
                data = self._json(f"mistakes?label={each.index}")
            except AbsentError:
                return  # answers that cannot be right or wrong
            found[key_of(f"{self._run}/mistakes?label={each.index}")] = data
            for one in decode_json(data, MistakesScene).taken_for[:MISTAKES]:
                asked = f"contrast?{urlencode({'label': each.index, 'other': one.label, 'against': 'right'})}"
                scene = decode_json(self._json(asked), ContrastScene)
                found[key_of(f"{self._run}/{asked}")] = msgspec.json.encode(self._with_examples_here(scene))
        if not self._room.add(pack_json(found)):
            self._leave_out("lists of mistakes")

    def _with_examples_here(self, scene: ContrastScene) -> ContrastScene:
        """Return a comparison whose images are all in the report."""

        def here(side: ContrastSide) -> ContrastSide:
            self._add_images(example.image for example in side.examples)
            return replace(side, examples=tuple(each for each in side.examples if each.image in self._images))

        return replace(scene, first=here(scene.first), second=here(scene.second))

    def _add_image_sets(self) -> None:
        """Take in the image sets that the page leads to, and as many of their pictures as there is room for."""
        if not self._scene.groups:
            return  # a record of a training, without a network
        few = self._scene.run.labelled and len(self._scene.classes) <= MANY_CLASSES
        sets = image_sets(self._answers, self._run, range(len(self._scene.classes) if few else 0))
        size = pack_json({key_of(address): msgspec.json.encode(scene) for address, scene in sets.items()}).size
        if not self._room.reserve(size):
            self._leave_out("image sets", len(sets))
            return
        self._add_images(member.image for scene in sets.values() for member in scene.members)
        self._room.release(size)
        kept = {key_of(address): msgspec.json.encode(self._with_members_here(scene)) for address, scene in sets.items()}
        self._room.add(pack_json(kept))

    def _with_members_here(self, scene: ImageSetScene) -> ImageSetScene:
        """Return a set of which only pictures are named that are in the report."""
        members = tuple(each if each.image in self._images else replace(each, image=None) for each in scene.members)
        return replace(scene, members=members)

    def _add_training(self) -> None:
        if not self._scene.run.recorded:
            return
        drawn = pack_json(training_answers(self._answers, self._run, self._scene.run.step))
        if not self._room.add(drawn):
            self._leave_out("recorded trainings")

    def _connections(self, columns: Sequence[str], mode: str | None) -> dict[str, bytes]:
        address = f"{self._run}/connections?{urlencode([*_columns(columns, mode), ('share', f'{SHARE:g}')])}"
        return {key_of(address): self._answers.get(address).data}

    def _starts(self, columns: Sequence[str]) -> list[list[tuple[str, str]]]:
        classes = [[("class", str(each.index))] for each in self._scene.classes]
        scenes = [each.scene for each in self._layers if each.id in columns and each.scene is not None]
        clusters = [[("layer", scene.layer), ("cluster", each.id)] for scene in scenes for each in scene.clusters]
        return classes + clusters

    def _path(
        self, columns: Sequence[str], mode: str | None, start: list[tuple[str, str]]
    ) -> Iterable[tuple[str, bytes]]:
        address = f"{self._run}/path?{urlencode([*_columns(columns, mode), *start])}"
        try:
            yield key_of(address), self._answers.get(address).data
        except AbsentError:
            return  # nothing leads there

    def _add_neurons(self, layer: _Layer) -> None:
        if layer.scene is None:
            return
        asked = [
            f"{self._run}/neuron?{urlencode({'id': f'{layer.id}:{neuron}'})}"
            for cluster in layer.scene.clusters
            for neuron in sorted(cluster.neurons)
        ]
        found = {key_of(address): self._answers.get(address).data for address in asked}
        # What they take without the images that will have no place is less: the rest is given back at the end.
        size = pack_json(found).size
        if not self._room.reserve(size):
            self._leave_out("neurons' details", len(asked))
            return
        layer.reserved = size
        layer.neurons = {key: decode_json(data, NeuronScene) for key, data in found.items()}

    def _add_best_images(self, layer: _Layer) -> None:
        for rank in range(3):
            self._add_images(each.patches[rank].image for each in layer.neurons.values() if rank < len(each.patches))

    def _add_other_images(self, layer: _Layer) -> None:
        for neuron in layer.neurons.values():
            self._add_images(patch.image for patch in (*neuron.patches, *neuron.typical, *neuron.least))

    def _add_images(self, addresses: Iterable[str | None]) -> None:
        for address in addresses:
            if address is None or address in self._tried:
                continue
            self._tried.add(address)
            if address in self._images:  # as an example of its class
                continue
            if self._room.add(self._file(_below_api(address))):
                self._images.add(address)
            else:
                self._leave_out("images")

    def _write_neurons(self, layer: _Layer) -> None:
        if not layer.neurons:
            return
        self._room.release(layer.reserved)
        kept = {key: msgspec.json.encode(self._with_images_here(neuron)) for key, neuron in layer.neurons.items()}
        self._room.add(pack_json(kept))

    def _with_images_here(self, neuron: NeuronScene) -> NeuronScene:
        """Return a neuron whose images are all in the report."""

        def here(patches: tuple[PatchScene, ...]) -> tuple[PatchScene, ...]:
            return tuple(patch if patch.image in self._images else replace(patch, image=None) for patch in patches)

        return replace(neuron, patches=here(neuron.patches), typical=here(neuron.typical), least=here(neuron.least))

    def _leave_out(self, what: str, number: int = 1) -> None:
        self._without[what] = self._without.get(what, 0) + number

    def _say_what_is_missing(self) -> None:
        totals = {"layers": len(self._layers), "images": len(self._tried)}
        for what, number in self._without.items():
            of = f" of {totals[what]:,}" if what in totals else ""
            self.left_out.append(f"This report leaves out {number:,}{of} {what}.")
        saved = len(self._edits().groups) if self._scene.groups else 0
        if saved > 0:
            self.left_out.append(f"{counted(saved, 'saved image group')} can be looked at in the run itself only.")
        if self._smaller:
            self.left_out.append("Its images are compressed with loss.")


def _in_order(scene: Scene) -> list[tuple[str, bool]]:
    """Return all layers, and whether they are columns: those first, then those of blocks, then the rest."""
    columns = [group.layer for group in scene.groups]
    blocks = [block.layer for group in scene.groups for block in group.blocks]
    rest = [layer for group in scene.groups for layer in group.layers]
    return [(layer, layer in columns) for layer in dict.fromkeys([*columns, *blocks, *rest])]


def _columns(columns: Sequence[str], mode: str | None) -> list[tuple[str, str]]:
    return [("column", column) for column in columns] + ([] if mode is None else [("mode", mode)])


def _below_api(address: str) -> str:
    return address.removeprefix("api/")


def _unseen(_done: int, _of: int) -> None:
    pass


def _later(step: Callable[[_Layer], None], layer: _Layer) -> Callable[[], None]:
    return lambda: step(layer)
