"""The worker: a process of its own with the network, which the server starts when it is first asked for something."""

from cnnvis.serve.worker.process import BusyError, NotEnabledError, Worker

__all__ = ["BusyError", "NotEnabledError", "Worker"]
