"""Watching a network: trace, collect, inputs. The only home of torch.

`Model` is what the rest of cnnvis calls a network that it hands on without looking inside.
"""

from torch.nn import Module as Model

__all__ = ["Model"]
