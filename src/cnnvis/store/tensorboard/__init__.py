"""Reading TensorBoard's event files, without TensorBoard: records, protocol buffers, scalars and histograms."""

from cnnvis.store.tensorboard.histograms import Histogram, moments, share_below_zero, share_of_zeros
from cnnvis.store.tensorboard.logs import Log, Track, find_logs, read_log

__all__ = ["Histogram", "Log", "Track", "find_logs", "moments", "read_log", "share_below_zero", "share_of_zeros"]
