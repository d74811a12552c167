"""Write the JSON Schema of all that travels between page and server; `npm run types` turns it into TypeScript."""

import json
import sys

import msgspec

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.report import Report
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.openapi import bodies_of, types_of

Schema = dict[str, "Schema | list[Schema] | list[str] | str | int | float | bool | None"]


def main() -> None:
    """Write one schema with a definition per struct to the standard output."""
    answers, bodies = [*types_of(ADDRESSES), Report], bodies_of(ADDRESSES)
    _, sent = msgspec.json.schema_components(bodies, ref_template="#/definitions/{name}")
    _, definitions = msgspec.json.schema_components((*answers, *bodies), ref_template="#/definitions/{name}")
    for name, definition in definitions.items():
        if not isinstance(definition, dict) or "properties" not in definition:
            raise CnnvisError(f"{name} came as something other than a struct.", "Let addresses answer with structs.")
        if name not in sent:
            # Fields with a default are written too: in an answer nothing is missing. What is sent may lack them.
            definition["required"] = list(definition["properties"])
        for field in definition["properties"].values():
            field.pop("default", None)
            # In TypeScript a list of at least one is a type that no list of unknown length fits.
            if "prefixItems" not in field:
                field.pop("minItems", None)
    document = {"title": "Wire", "definitions": dict(sorted(definitions.items()))}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
