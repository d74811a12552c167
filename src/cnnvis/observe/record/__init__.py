"""Record: a training loop becomes series and snapshots in a run folder (design: record)."""

from cnnvis.observe.record.pace import Cost
from cnnvis.observe.record.recorder import Recorder

__all__ = ["Cost", "Recorder"]
