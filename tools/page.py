"""Build the web page into the Python package, if it is missing or older than its sources.

Used by the Makefile (``python tools/page.py``) and by the build hook of the wheel. Standard library only: it runs
before anything is installed.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_OLDEST = (20, 19)
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "svelte.config.js")


class PageError(Exception):
    """The page cannot be built; the message says what to do."""


def page_of(root: Path) -> Path:
    """Return where the built page lies in a source tree."""
    return root / "src" / "cnnvis" / "serve" / "page" / "index.html"


def newest(paths: list[Path]) -> float:
    """Return the time of the latest change of these files and of all files below these folders."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)


def is_stale(root: Path) -> bool:
    """Tell whether the page is missing or older than the web sources (without sources it never is)."""
    web = root / "web"
    if not (web / "package.json").is_file():
        return False
    page = page_of(root)
    return not page.is_file() or page.stat().st_mtime < newest([web / name for name in SOURCES])


def node_problem() -> str | None:
    """Return a sentence that says what is wrong with Node.js here, or None."""
    needed = "Building the web page needs Node.js {}.{} or newer with npm".format(*NODE_OLDEST)
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return f"{needed}; this machine has none on its PATH."
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = tuple(int(part) for part in version.lstrip("v").split(".")[:2] if part.isdigit())
    return None if numbers >= NODE_OLDEST else f"{needed}; this machine has {version or 'an unknown version'}."


def install_packages(web: Path) -> None:
    """Install the npm packages that the lock file names, unless that has been done since it changed."""
    stamp = web / "node_modules" / ".package-lock.json"
    if stamp.is_file() and stamp.stat().st_mtime >= newest([web / "package.json", web / "package-lock.json"]):
        return
    npm(web, "ci" if (web / "package-lock.json").is_file() else "install")
    stamp.touch()


def npm(web: Path, *arguments: str) -> None:
    """Run npm in the web folder; PageError when it fails."""
    if (problem := node_problem()) is not None:
        raise PageError(problem)
    program = shutil.which("npm") or "npm"
    if subprocess.run([program, *arguments], cwd=web, check=False).returncode != 0:
        raise PageError(f"`npm {' '.join(arguments)}` failed in {web.name}/: its message stands above.")


def build(root: Path) -> None:
    """Build the page whether it is stale or not; PageError when that is impossible."""
    web = root / "web"
    install_packages(web)
    npm(web, "run", "build")
    page = page_of(root)
    if not page.is_file():
        raise PageError(f"`npm run build` wrote no {page.relative_to(root)}: check `outDir` in web/vite.config.ts.")
    page.touch()


def main(arguments: list[str]) -> int:
    """Build the page if needed, or with ``--packages`` only install the npm packages."""
    try:
        if "--packages" in arguments:
            install_packages(ROOT / "web")
        elif is_stale(ROOT):
            build(ROOT)
    except PageError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
