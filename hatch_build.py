"""Build hook: wheel and source archive carry the built web page, so that using cnnvis needs no Node.js."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):
    """Build the web page when it is missing or older than its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make sure that the page is there before hatchling collects the files.

        An editable install goes without: it is made by `make`, which builds the page itself, or by someone who only
        works on the Python side; the server says how to build the page when it is missing.

        Raises:
            RuntimeError: The page is not built and cannot be built here; the message says what is missing.

        """
        del build_data  # part of the interface
        root = Path(self.root)
        page = load_page_tool(root)
        if version == "editable" or not page.is_stale(root):
            return
        try:
            page.build(root)
        except page.PageError as problem:
            raise RuntimeError(str(problem)) from problem


def load_page_tool(root: Path) -> ModuleType:
    """Import tools/page.py by its path: a build runs without the source tree on the import path."""
    path = root / "tools" / "page.py"
    specification = importlib.util.spec_from_file_location("cnnvis_page_tool", path)
    if specification is None or specification.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
