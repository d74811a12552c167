"""What a snapshot is given beside its statistics, by whoever knows the analyses: the recorder itself knows none."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from cnnvis.observe.collect import Collected, CollectOptions
from cnnvis.observe.inputs import ImageSource
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.recording import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A network in the state of a snapshot, with what was collected of it."""

    model: nn.Module
    graph: LayerGraph
    source: ImageSource
    collected: Collected
    options: CollectOptions
    seconds: float
    """Time that may be spent on more than the usual; 0 in the middle of a training."""


Companion = Callable[[Subject, Snapshot], Snapshot]
"""Returns the snapshot with more in it. It may fail: the snapshot is then written without."""


def nothing_more(_subject: Subject, snapshot: Snapshot) -> Snapshot:
    """Leave a snapshot as it is."""
    return snapshot
