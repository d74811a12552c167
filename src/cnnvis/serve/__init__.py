"""HTTP over store and compose; loads no torch."""

from cnnvis.serve.launch import ServeOptions, demo_run, open_runs

__all__ = ["ServeOptions", "demo_run", "open_runs"]
