"""The worker: a process of its own with the network, which the server starts when it is first asked for something."""

from cnnvis.serve.worker.process import BusyError, NotEnabledError, Worker
from cnnvis.serve.worker.routes import worker_routes

__all__ = ["BusyError", "NotEnabledError", "Worker", "worker_routes"]
