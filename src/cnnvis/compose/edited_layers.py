"""The layers of a run for edited clusters; what the last ones needed is kept, so that the next edit is quick."""

import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from cnnvis.compose.patches import PatchFinder
from cnnvis.compose.recent import Recent
from cnnvis.schema.edits import ClusterState, LayerClusters, Method
from cnnvis.schema.scene import LayerScene
from cnnvis.store.reader import Run

if TYPE_CHECKING:
    from cnnvis.compose.edited_layer import EditedLayer
    from cnnvis.compose.looks import Looks

SOON = 2.0
"""Seconds until what edits need is loaded: SciPy takes one of them."""
KEPT = 4
"""Layers whose material is kept: of a large one it is some ten megabytes."""


class EditedLayers:
    """Composes any layer of a run for any clusters of its neurons.

    Args:
        run: The run.
        automatic: Returns a layer's scene without edits.
        looks: Returns the words for its patches and images.

    """

    def __init__(self, run: Run, automatic: Callable[[str], LayerScene], looks: "Callable[[], Looks]") -> None:
        self._run = run
        self._automatic = automatic
        self._looks = looks
        self._lock = threading.Lock()
        self._kept: "Recent[EditedLayer]" = Recent(KEPT)
        self._warming: threading.Timer | None = None

    def get_ready(self) -> None:
        """Load what the first edit needs in the background, soon: the first picture comes before it."""
        with self._lock:
            if self._warming is None:
                self._warming = threading.Timer(SOON, import_module, ["cnnvis.compose.edited_layer"])
                self._warming.daemon = True
                self._warming.start()

    def start(self, unit: str) -> LayerClusters:
        """Return a layer's automatic clusters: what edits begin with."""
        return automatic_clusters(self._automatic(unit))

    def scene(self, unit: str, clusters: LayerClusters) -> LayerScene:
        """Return a layer's scene for these clusters."""
        return self._layer(unit).scene(clusters)

    def group(self, unit: str, members: Sequence[int], method: Method, k: int | None) -> list[tuple[int, ...]]:
        """Group some neurons of a layer, see `edits_resolve.Grouper`."""
        return self._layer(unit).group(members, method, k)

    def _layer(self, unit: str) -> "EditedLayer":
        # Imported when the first layer is edited: SciPy takes half a second.
        from cnnvis.compose.edited_layer import EditedLayer

        def make() -> EditedLayer:
            return EditedLayer(self._run, self._automatic(unit), PatchFinder(self._run, unit), self._looks())

        return self._kept.get(unit, make)


def automatic_clusters(scene: LayerScene) -> LayerClusters:
    """Return a layer's automatic clusters as what edits begin with."""
    return LayerClusters(
        layer=scene.layer,
        method=scene.clustering.method,
        clusters=tuple(ClusterState(id=each.id, neurons=tuple(sorted(each.neurons))) for each in scene.clusters),
    )
