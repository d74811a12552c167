"""The files that belong to the project: what git tracks or would track."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Only for a tree without git, such as an unpacked source archive.
_NOT_OURS = {"node_modules", "__pycache__", "dist", "build", "site", "page", "runs", "test-results"}
_OURS_THOUGH_HIDDEN = {".ci", ".gitignore"}


def project_files(root: Path = ROOT) -> list[Path]:
    """Return the project's files, relative to the root and sorted."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0 and (root / ".git").exists():
        names = {Path(name) for name in listing.stdout.split("\0") if name}
        return sorted(name for name in names if (root / name).is_file())
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(_is_foreign(part) for part in path.parts))


def _is_foreign(name: str) -> bool:
    return name in _NOT_OURS or (name.startswith(".") and name not in _OURS_THOUGH_HIDDEN)


def text_of(path: Path) -> str | None:
    """Return the text of a file, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
