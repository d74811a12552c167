"""Which snapshot of a run a request is about: `?step=200&basis=40&basis=400`."""

from typing import Annotated

from msgspec import Meta, Struct

MOST_BASES = 64

Step = Annotated[int, Meta(ge=0, le=10**15, description="A training step.")]


class AtSnapshot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which snapshot of a recorded training; other runs have but one."""

    step: Annotated[
        Step | None,
        Meta(description="Step of the snapshot; none: that of the clusters."),
    ] = None
    basis: Annotated[
        tuple[Step, ...],
        Meta(
            max_length=MOST_BASES,
            description="Snapshots that were gone through, the one whose clusters are shown last; clusters that go on "
            "keep the ids that they had before. None: the newest.",
        ),
    ] = ()
