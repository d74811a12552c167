"""Check that what is generated is what its sources generate now: the browser's types and the reference pages.

The generated types are made again in place and compared with what was there, so the check also works in a tree that git
does not know. After a failure the new files stay: look at them and commit them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools import cli_page, http_page, tables_page
from tools.tracked import ROOT

TYPES = ROOT / "web" / "src" / "api" / "types.ts"
PAGES: dict[Path, Callable[[], str]] = {
    cli_page.PAGE: cli_page.page,
    http_page.PAGE: http_page.page,
    http_page.DESCRIPTION: http_page.description,
    tables_page.PAGE: tables_page.page,
}


def content(path: Path) -> str:
    """Return what a generated file holds; nothing when it is not there."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def make_types() -> bool:
    """Generate the browser's types; whether that went well."""
    # The script asks Python for the schema: the one that runs this check.
    command = [shutil.which("npm") or "npm", "--prefix", "web", "run", "--silent", "types"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHON": sys.executable}, check=False).returncode == 0


def main() -> int:
    """Generate everything and compare; 1 when something differs."""
    before = {path: content(path) for path in (TYPES, *PAGES)}
    for path, make in PAGES.items():
        path.write_text(make(), encoding="utf-8")
    if not make_types():
        return 1
    stale = [path.relative_to(ROOT).as_posix() for path, text in before.items() if content(path) != text]
    if stale:
        print(f"{', '.join(stale)}: out of date and made again (`make types`): commit.")
        return 1
    print(f"{len(before)} generated files are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
