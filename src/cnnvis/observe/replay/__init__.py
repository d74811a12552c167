"""Replay: a folder of checkpoints becomes the snapshots and series of a recorded training, without training again."""

from cnnvis.observe.replay.checkpoints import Checkpoint, find_checkpoints
from cnnvis.observe.replay.replay import Replay, Replayed

__all__ = ["Checkpoint", "Replay", "Replayed", "find_checkpoints"]
