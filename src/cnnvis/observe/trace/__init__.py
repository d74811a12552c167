"""From an ``nn.Module`` and an example input to a layer graph with receptive fields."""

from cnnvis.observe.trace.outputs import choose_output, logits_of, named_outputs
from cnnvis.observe.trace.trace import require_complete, trace
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.observe.trace.watch import watch_layers

__all__ = ["choose_output", "logits_of", "named_outputs", "require_complete", "trace", "unwrap", "watch_layers"]
