"""Collect: one pass over the data, from a layer graph to neuron statistics (design: collect)."""

from cnnvis.observe.collect.dryrun import Forecast, InputRange, forecast
from cnnvis.observe.collect.engine import collect
from cnnvis.observe.collect.options import Collected, CollectOptions

__all__ = ["CollectOptions", "Collected", "Forecast", "InputRange", "collect", "forecast"]
