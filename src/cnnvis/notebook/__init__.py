"""The page in a notebook's cell: `cnnvis.view(run)`."""

from cnnvis.notebook.selection import Selection
from cnnvis.notebook.view import view

__all__ = ["Selection", "view"]
