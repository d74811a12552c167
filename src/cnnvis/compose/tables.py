"""What a run holds as tables, for programs: one row per layer, neuron, cluster, image, edit, ..."""

from collections.abc import Sequence

from cnnvis.compose import table_network, table_record
from cnnvis.compose.studio import Studio
from cnnvis.compose.table import Table, TableKind
from cnnvis.schema.errors import AbsentError, CnnvisError
from cnnvis.schema.tables import TableName

TABLES: dict[TableName, TableKind] = {
    "layers": table_network.LAYERS,
    "neurons": table_network.NEURONS,
    "clusters": table_network.CLUSTERS,
    "classes": table_network.CLASSES,
    "profiles": table_network.PROFILES,
    "contributions": table_network.CONTRIBUTIONS,
    "connections": table_network.CONNECTIONS,
    "confusion": table_record.CONFUSION,
    "probe": table_record.PROBE,
    "activations": table_record.ACTIVATIONS,
    "image-groups": table_record.IMAGE_GROUPS,
    "edits": table_record.EDITS,
    "findings": table_record.FINDINGS,
    "series": table_record.SERIES,
}


class LayersError(CnnvisError):
    """A table that is not about layers was asked for some of them."""


def table(studio: Studio, name: TableName, *, layers: Sequence[str] = ()) -> Table:
    """Return a table of a run, clusters as its user has them.

    Args:
        studio: The run.
        name: Which table.
        layers: Ids of the layers to tell about; none: all of them (for connections, the columns of the picture).

    Raises:
        AbsentError: The run has no such layer, or holds nothing for this table.
        LayersError: The table is not about layers.

    """
    kind = TABLES[name]
    if layers and not kind.by_layer:
        raise LayersError(f"The table {name} is not about layers.", "Leave the layer out.")
    recorded = [unit.id for unit in studio.run.graph.units if unit.id in studio.run.statistics.units]
    unknown = [layer for layer in layers if layer not in recorded]
    if unknown:
        raise AbsentError(f"The run has no layer {unknown[0]!r}.", "The table layers lists them.")
    kind.check(studio)
    chosen = set(layers) or (set(studio.columns()) if name == "connections" else set(recorded))
    return Table(kind.columns, kind.rows(studio, [layer for layer in recorded if layer in chosen]))
