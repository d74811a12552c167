"""HTTP over store and compose; loads no torch."""

from cnnvis.serve.launch import demo_run, open_runs

__all__ = ["demo_run", "open_runs"]
