"""The page in a cell: the kernel answers it, and what it shows and what is selected are the widget's traits."""

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

import traitlets
from anywidget import AnyWidget

from cnnvis.notebook.desk import Desk, Message
from cnnvis.notebook.page_address import PageAddress
from cnnvis.notebook.selection import Selection, selection_of
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.scene import LayerScene
from cnnvis.serve.built_page import PAGE, WIDGET
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker

LEAST_HEIGHT = 280
_shared: WeakValueDictionary[tuple[Path, bool], Services] = WeakValueDictionary()


class RunWidget(AnyWidget):
    """A run in a cell of a notebook, as `cnnvis.view` makes it.

    Its traits can be observed: ``w.observe(look, names="selection")`` calls ``look`` when something else is selected.

    Args:
        path: The run folder.
        height: Pixels.
        read_only: Whether clusters can be looked at, not changed.

    """

    _esm = traitlets.Unicode().tag(sync=True)
    _run = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(LEAST_HEIGHT, min=LEAST_HEIGHT, help="Pixels; the corner can be dragged.").tag(sync=True)
    address = traitlets.Unicode(help="All that the page shows, as the part of its address after #.").tag(sync=True)
    selection = traitlets.Instance(Selection, args=(), read_only=True, help="What is selected.")

    _desk: Desk | None = None

    def __init__(self, path: Path, *, height: int, read_only: bool) -> None:
        self._services = _services_of(path, read_only=read_only)
        [entry] = self._services.shelf.entries()
        super().__init__(_esm=_module(), _run=entry.id, height=height, address=PageAddress(entry.id).text())
        self._desk = Desk(self._services, self._tell, self._look_again)
        self.on_msg(self._heard)
        self.observe(self._moved, names="address")

    def select(self, layer: str | None = None, *, cluster: str | None = None, neuron: int | None = None) -> None:
        """Select something, on the page too; without a layer nothing.

        Args:
            layer: Layer id, such as ``layer2.0/relu#1``.
            cluster: Cluster id in that layer, such as ``c3``.
            neuron: Channel in that layer; its cluster is found.

        Raises:
            CnnvisError: The run has no such layer, cluster or neuron.

        """
        chosen = None if layer is None else self._find(layer, cluster, neuron)
        now = PageAddress.read(self.address, self._run)
        self.address = now.selecting(layer, chosen, neuron).text()

    def close(self) -> None:
        """Take the page away; the kernel answers it no more."""
        # Python closes what could not be made, too.
        if self._desk is not None:
            self._desk.close()
        super().close()

    def __repr__(self) -> str:
        """Stand where no kernel can show the page, such as in a notebook on the web."""
        return f"cnnvis: the run {self._run!r}. Run this cell to see it."

    def _heard(self, _: object, content: object, __: Sequence[object]) -> None:
        if self._desk is not None:
            self._desk.take(content)

    def _tell(self, message: Message, buffers: list[bytes]) -> None:
        self.send(message, buffers=buffers)

    def _moved(self, _: object) -> None:
        address = PageAddress.read(self.address, self._run)
        place = address.get("layer")
        studio = self._services.shelf.studio(self._run)
        layer = None if place is None else self._layer(place)
        self.set_trait("selection", selection_of(address, studio, layer))

    def _look_again(self) -> None:
        """Find out who is in the selected cluster or image group, after an edit."""
        if self.selection != Selection():
            self._moved(None)

    def _layer(self, layer: str) -> LayerScene | None:
        try:
            return self._services.shelf.studio(self._run).layer(layer)
        except KeyError:
            return None

    def _find(self, layer: str, cluster: str | None, neuron: int | None) -> str | None:
        """Return the cluster to select."""
        found = self._layer(layer)
        if found is None:
            known = ", ".join(group.layer for group in self._services.shelf.studio(self._run).scene.groups)
            raise CnnvisError(
                f"The run {self._run!r} has no layer {layer!r} with neurons.", f"Its columns are: {known}."
            )
        clusters = found.clusters if cluster is None else [each for each in found.clusters if each.id == cluster]
        if not clusters:
            known = ", ".join(each.id for each in found.clusters)
            raise CnnvisError(f"The layer {layer!r} has no cluster {cluster!r}.", f"It has: {known}.")
        if neuron is None:
            return cluster
        home = next((each.id for each in clusters if neuron in each.neurons), None)
        if home is None:
            where = f"layer {layer!r}" if cluster is None else f"cluster {cluster!r} of {layer!r}"
            raise CnnvisError(f"The {where} has no neuron {neuron}.", "Give a channel of it: a whole number from 0 on.")
        return home


def _services_of(path: Path, *, read_only: bool) -> Services:
    """Return what answers for a run: the same for all widgets that show it."""
    key = (path.resolve(), read_only)
    services = _shared.get(key)
    if services is None:
        services = _shared[key] = Services(RunShelf([path]), Worker(None), read_only)
    return services


def _module() -> str:
    file = PAGE / WIDGET
    if not file.is_file():
        raise CnnvisError("The page is not built.", "Run `make build` in the repository, or install the wheel.")
    return file.read_text(encoding="utf-8")
