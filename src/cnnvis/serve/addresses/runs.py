"""The list of runs."""

from msgspec.structs import replace

from cnnvis.schema.scene import RunEntry
from cnnvis.serve.address import Call, Get, Nothing, Reply


def _list(call: Call[Nothing, None]) -> Reply:
    return [replace(entry, read_only=call.services.read_only) for entry in call.services.shelf.entries()]


RUNS = (
    Get(
        path="runs",
        work=_list,
        asks=Nothing,
        answer=list[RunEntry],
        summary="All runs that are served, also those that cannot be opened.",
        slow=True,
    ),
)
