"""What is gathered of a layer for a report, and the order in which layers go in."""

from dataclasses import dataclass, field

from cnnvis.schema.scene import LayerScene, NeuronScene, Scene


@dataclass(eq=False)
class HeldLayer:
    """A layer with what was gathered of it."""

    id: str
    column: bool
    output: bool
    scene: LayerScene | None = None
    neurons: dict[str, NeuronScene] = field(default_factory=dict[str, NeuronScene])
    reserved: int = 0

    @property
    def members(self) -> list[int]:
        """Its neurons, cluster by cluster; none while it is not in the report."""
        clusters = () if self.scene is None else self.scene.clusters
        return [neuron for cluster in clusters for neuron in sorted(cluster.neurons)]


def layers_in_order(scene: Scene) -> list[HeldLayer]:
    """Return all layers: columns first, then those of blocks, then the rest."""
    columns = [group.layer for group in scene.groups]
    blocks = [block.layer for group in scene.groups for block in group.blocks]
    rest = [layer for group in scene.groups for layer in group.layers]
    outputs = {group.layer for group in scene.groups if group.output}
    return [HeldLayer(layer, layer in columns, layer in outputs) for layer in dict.fromkeys([*columns, *blocks, *rest])]
