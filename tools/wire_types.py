"""Write the JSON Schema of everything that the server answers; `npm run types` turns it into TypeScript."""

import json
import sys

import msgspec

from cnnvis.schema.connection_scene import ConnectionScene, PathScene
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.scene import LayerScene, NeuronScene, Problem, RunEntry, Scene
from cnnvis.schema.worker import AblateJob, CheckJob, WorkerState

ANSWERS = (
    RunEntry,
    Scene,
    LayerScene,
    NeuronScene,
    LayerGraph,
    Problem,
    ConnectionScene,
    PathScene,
    WorkerState,
    CheckJob,
    AblateJob,
)

Schema = dict[str, "Schema | list[Schema] | list[str] | str | int | float | bool | None"]


def main() -> None:
    """Write one schema with a definition per struct to the standard output."""
    _, definitions = msgspec.json.schema_components(ANSWERS, ref_template="#/definitions/{name}")
    for name, definition in definitions.items():
        if not isinstance(definition, dict) or "properties" not in definition:
            raise CnnvisError(f"{name} came as something other than a struct.", "Name only structs in ANSWERS.")
        # Fields with a default are written too: on the wire nothing is missing.
        definition["required"] = list(definition["properties"])
        for field in definition["properties"].values():
            field.pop("default", None)
    document = {"title": "Wire", "definitions": dict(sorted(definitions.items()))}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
