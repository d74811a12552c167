"""Write the reference page of the tables from their declarations: `make types`."""

import sys
from collections.abc import Iterator

from cnnvis.compose.table import TableKind
from cnnvis.compose.tables import TABLES
from tools.tracked import ROOT

PAGE = ROOT / "docs" / "reference" / "tables.md"

_HEAD = """# Tables

<!-- Made from the declarations by `make types`; do not edit. -->

What a run holds, as tables for your own programs:

```
cnnvis query runs/resnet20 clusters
cnnvis query runs/resnet20 profiles --layer layer2.0/relu#1 -o profiles.parquet
```

Or from a running server, `api/runs/RUN/table/TABLE?format=csv`, see [HTTP addresses](http.md#tables). Clusters are as
you edited them. CSV has a head and leaves empty what is not known; lines of JSON hold one object per row, with `null`;
Parquet (`pip install "cnnvis[tables]"`) has a type for every column. `--layer` tells about some layers alone.

| kind | CSV | Parquet |
|---|---|---|
| text | as it is | string |
| whole | whole number | int64 |
| number | seven digits; `nan`, `inf` where that was measured | double |
| truth | `True`, `False` | bool |
"""


def section(name: str, kind: TableKind) -> Iterator[str]:
    """Yield the lines about one table."""
    yield f"## {name}"
    yield ""
    yield kind.about + ("" if kind.by_layer else " Not by layer.")
    yield ""
    yield "| column | kind | what stands in it |"
    yield "|---|---|---|"
    for column in kind.columns:
        yield f"| `{column.name}` | {column.kind} | {column.about} |"
    yield ""


def page() -> str:
    """Return the page as it should be now."""
    return "\n".join([_HEAD, *(line for name, kind in TABLES.items() for line in section(name, kind))]).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")
