"""Reports: a run with its page in one file, or in a folder for any web server."""

from cnnvis.serve.report.exporting import Exported, export

__all__ = ["Exported", "export"]
