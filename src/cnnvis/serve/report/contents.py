"""What goes into a report: the frame, the columns, their connections, then neurons and images while there is room."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec
from msgspec.structs import replace

from cnnvis.schema.connection_scene import SHARE, ConnectionScene
from cnnvis.schema.contrast import ContrastScene, ContrastSide
from cnnvis.schema.edits import EditsScene
from cnnvis.schema.errors import AbsentError
from cnnvis.schema.images import ImageSetScene
from cnnvis.schema.scene import LayerScene, NeuronScene, PatchScene, RunEntry, Scene
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers, key_of
from cnnvis.serve.report.image_sets import Sets, image_sets, saved_sets, sets_of_neurons
from cnnvis.serve.report.layers import HeldLayer, layers_in_order
from cnnvis.serve.report.missing import Missing
from cnnvis.serve.report.mistakes import Pair, class_pairs, comparisons, mistake_lists, mistaken_pairs
from cnnvis.serve.report.room import Packed, Room, pack_file, pack_json
from cnnvis.serve.report.training import training_answers

SMALL = 19_000_000
"""Bytes for the contents of a report that is sent around: with its page and a reserve it stays below 20 MB."""
MANY_CLASSES = 40
"""Classes up to which a report with a limit has their image sets and compares their mistakes, and up to which any
report compares every two of them: of pairs there are as many as its square."""
MANY_PATHS, MANY_NEURONS = 400, 2000
"""Ways back, and the image sets of neurons, are found one by one: a report with a limit has them only up to so many."""

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


@dataclass(frozen=True, eq=False)
class Contents:
    """What a report holds."""

    run: RunEntry
    packs: tuple[Packed, ...]
    left_out: tuple[str, ...]


def gather(answers: Answers, entry: RunEntry, *, limit: int | None, progress: Progress | None = None) -> Contents:
    """Return what a report of a run holds.

    With a limit, everything is taken as it is if it fits; else images are compressed with loss, and what comes first
    on the page goes in first. What would take long to find one by one is then left out where there is much of it.

    Args:
        answers: Where it comes from.
        entry: The run.
        limit: Bytes that the contents may have; None: everything, as it is.
        progress: Is told how far it is.

    Raises:
        CnnvisError: Something of the run cannot be read.

    """
    whole = _Gathering(answers, entry, limit, smaller=False, progress=progress)
    whole.fill(stop_early=True)
    if whole.has_all_in:
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
        self._limited = limit is not None
        self._smaller = smaller
        self._progress = progress or _unseen
        self._images: set[str] = set()
        """Those that are in it."""
        self._tried: set[str] = set()
        """Those of neurons that are in it, or had no place."""
        self._missing = Missing()
        self._rest: list[Pair] = []
        """Mistakes that are compared at the end, if there is room."""
        scene = self._json("scene")
        self._scene = decode_json(scene, Scene)
        self._frame = {
            "runs": msgspec.json.encode([self._entry]),
            key_of(f"{self._run}/scene"): scene,
            key_of(f"{self._run}/graph"): self._json("graph"),
            key_of(f"{self._run}/worker"): self._json("worker"),
        }
        self._layers = layers_in_order(self._scene)

    @property
    def has_all_in(self) -> bool:
        """Whether there was room for everything that was looked for."""
        return not self._missing.without_room

    def contents(self) -> Contents:
        totals = {"layers": len(self._layers), "images": len(self._tried)}
        lossy = ["Its images are compressed with loss."] if self._smaller else []
        return Contents(self._entry, tuple(self._room.packs), (*self._missing.sentences(totals), *lossy))

    def fill(self, *, stop_early: bool = False) -> None:
        """Take in as much as there is room for; ``stop_early``: no more once something has no place."""
        examples = [self._file(_below_api(example.image)) for example in self._scene.examples]
        self._room.add(pack_json(self._frame), *examples, needed=True)
        self._images = {example.image for example in self._scene.examples}
        steps = self._steps()
        for number, step in enumerate(steps):
            self._progress(number, len(steps))
            step()
            if stop_early and not self.has_all_in:
                break
        self._progress(len(steps), len(steps))
        for layer in self._layers:
            self._write_neurons(layer)

    def _steps(self) -> list[Callable[[], None]]:
        columns, others = [[each for each in self._layers if each.column is kind] for kind in (True, False)]
        return [
            self._add_edits,
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
            self._add_comparisons,
            *(_later(self._add_neurons_sets, each) for each in self._layers),
            # Classes are drawn without tiles, unless one looks closer.
            *(_later(self._add_tiles, each) for each in columns if each.output),
        ]

    def _json(self, address: str) -> bytes:
        return self._answers.get(f"{self._run}/{address}").data

    def _file(self, address: str) -> Packed:
        return pack_file(key_of(address), self._answers.get(address), smaller=self._smaller)

    def _add_edits(self) -> None:
        """Take in notes and saved image groups as they are now, not how they came about, nor where they are kept."""
        if not self._scene.groups:
            return  # a record of a training, without a network
        edits = decode_json(self._json("edits"), EditsScene)
        told = replace(edits, undo="", redo="", done=0, undone=0, notice="")
        self._add({key_of(f"{self._run}/edits"): msgspec.json.encode(told)}, "lists of notes and image groups")

    def _add(self, answers: dict[str, bytes], what: str, number: int = 1) -> None:
        """Take answers in if they fit, by their keys; else say how many of what are missing."""
        if answers and not self._room.add(pack_json(answers)):
            self._missing.had_no_room(what, number)

    def _add_layer(self, layer: HeldLayer) -> None:
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
            self._missing.had_no_room("layers")

    def _add_tiles(self, layer: HeldLayer) -> None:
        atlas = None if layer.scene is None else layer.scene.atlas
        if atlas is not None and not self._room.add(self._file(_below_api(atlas))):
            self._missing.had_no_room("layers' tiles")

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
                self._missing.had_no_room("meanings of connections")
                continue
            starts = self._starts(columns)
            if self._limited and len(starts) > MANY_PATHS:
                self._missing.were_too_many("strongest ways back", len(starts))
                continue
            asked = [None, mode] if number == 0 else [mode]
            ways = {key: data for each in asked for start in starts for key, data in self._path(columns, each, start)}
            if not self._room.add(pack_json(ways)):
                self._missing.had_no_room("strongest ways back", len(starts))

    def _add_mistakes(self) -> None:
        """Take in what classes are mistaken for, and the comparisons of their commonest mistakes."""
        if not self._scene.run.labelled:
            return
        lists = mistake_lists(self._answers, self._run, self._scene.classes)
        keyed = {key_of(address): msgspec.json.encode(scene) for address, scene in lists.items()}
        self._add(keyed, "lists of mistakes", len(lists))
        first, self._rest = mistaken_pairs(lists.values())
        self._compare(first, "comparisons of mistakes", held=not self._limited or not self._many_classes)

    def _add_comparisons(self) -> None:
        """Take in the comparisons of all other mistakes, and of every two classes."""
        if not self._scene.run.labelled:
            return
        self._compare(self._rest, "comparisons of mistakes", held=not self._limited or not self._many_classes)
        self._compare(class_pairs(self._scene.classes), "comparisons of two classes", held=not self._many_classes)

    def _compare(self, pairs: Sequence[Pair], what: str, *, held: bool) -> None:
        if not held:
            self._missing.were_too_many(what, len(pairs))
            return
        found = comparisons(self._answers, self._run, pairs)
        here = {key_of(each): msgspec.json.encode(self._with_examples_here(scene)) for each, scene in found.items()}
        self._add(here, what, len(pairs))

    @property
    def _many_classes(self) -> bool:
        return len(self._scene.classes) > MANY_CLASSES

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
        labels = range(len(self._scene.classes))
        if self._limited and self._many_classes:
            self._missing.were_too_many("classes' image sets", len(labels))
            labels = range(0)
        groups = decode_json(self._json("edits"), EditsScene).groups
        self._add_sets(saved_sets(self._answers, self._run, groups), "saved image groups")
        self._add_sets(image_sets(self._answers, self._run, labels), "image sets")

    def _add_neurons_sets(self, layer: HeldLayer) -> None:
        """Take in the probe images that excite each neuron of a layer most."""
        if self._limited and self._scene.run.neurons > MANY_NEURONS:
            # Only of columns answers are kept, and those of classes are sets of their own.
            if layer.column and not layer.output:
                self._missing.were_too_many("neurons' image sets", len(layer.members))
            return
        neurons = [f"{layer.id}:{neuron}" for neuron in layer.members]
        self._add_sets(sets_of_neurons(self._answers, self._run, neurons), "neurons' image sets")

    def _add_sets(self, sets: Sets, what: str) -> None:
        if not sets:
            return
        size = pack_json({key_of(address): msgspec.json.encode(scene) for address, scene in sets.items()}).size
        if not self._room.reserve(size):
            self._missing.had_no_room(what, len(sets))
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
        self._add(training_answers(self._answers, self._run, self._scene.run.step), "recorded trainings")

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

    def _add_neurons(self, layer: HeldLayer) -> None:
        if layer.scene is None:
            return
        asked = [f"{self._run}/neuron?{urlencode({'id': f'{layer.id}:{neuron}'})}" for neuron in layer.members]
        found = {key_of(address): self._answers.get(address).data for address in asked}
        # What they take without the images that will have no place is less: the rest is given back at the end.
        size = pack_json(found).size
        if not self._room.reserve(size):
            self._missing.had_no_room("neurons' details", len(asked))
            return
        layer.reserved = size
        layer.neurons = {key: decode_json(data, NeuronScene) for key, data in found.items()}

    def _add_best_images(self, layer: HeldLayer) -> None:
        for rank in range(3):
            self._add_images(each.patches[rank].image for each in layer.neurons.values() if rank < len(each.patches))

    def _add_other_images(self, layer: HeldLayer) -> None:
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
                self._missing.had_no_room("images")

    def _write_neurons(self, layer: HeldLayer) -> None:
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


def _columns(columns: Sequence[str], mode: str | None) -> list[tuple[str, str]]:
    return [("column", column) for column in columns] + ([] if mode is None else [("mode", mode)])


def _below_api(address: str) -> str:
    return address.removeprefix("api/")


def _unseen(_done: int, _of: int) -> None:
    pass


def _later(step: Callable[[HeldLayer], None], layer: HeldLayer) -> Callable[[], None]:
    return lambda: step(layer)
