"""Checks of the repository as a whole that no ordinary tool makes. `make check` runs them."""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.sizes import measured, read_ratchet, signature_problems, size_problems, suppression_problems
from tools.tracked import ROOT, project_files, text_of

# Where packages come from is the machine's own configuration: no host of a registry, no path of one machine.
_REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)|download\.pytorch\.org|deb\.debian\.org"
    r"|conda\.anaconda\.org|npmmirror\.com|pypi\.nvidia"
)
_MACHINE = re.compile(r"(?<![\w.:/~-])/(?:work|farm|root|Users|home/\w+|opt/(?:wheels|pypi))/")


def foreign_names(path: Path, text: str) -> Iterator[str]:
    """Yield a sentence for each registry host and each path of one machine in a file."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, what in ((_REGISTRY, "the host of a package registry"), (_MACHINE, "a path of one machine")):
            if (found := pattern.search(line)) is not None:
                yield f"{path}:{number} names {what}: {found.group()}"


def version_problems(root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each place that tells another version than pyproject.toml, the changelog included."""
    version = found_version(root / "pyproject.toml", r'^version = "(.+)"$')
    told = {
        "src/cnnvis/__init__.py": found_version(root / "src/cnnvis/__init__.py", r'^__version__ = "(.+)"$'),
        "web/package.json": json.loads((root / "web/package.json").read_text(encoding="utf-8"))["version"],
        "CHANGELOG.md": found_version(root / "CHANGELOG.md", r"^## \[(\d[^\]]*)\]"),
    }
    for place, other in told.items():
        if other != version:
            yield f"{place} tells version {other}, pyproject.toml {version}."


def found_version(path: Path, pattern: str) -> str | None:
    """Return what the first group of a pattern matches in a file, None when it does not."""
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    return None if found is None else found.group(1)


def mirror_problems(modules: Iterable[Path], *, tests: Mapping[Path, str], excused: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each source module that no test in the mirrored folder is about.

    ``src/cnnvis/store/reader.py`` belongs to ``tests/store/test_reader.py``. Any test in that folder may stand for the
    modules that it imports, and for all modules of a package that it enters by the package's front door.

    Args:
        modules: Source modules to look at, relative to the root.
        tests: Test files with their text.
        excused: Modules that need no test of their own, with the reason.

    """
    for module in modules:
        inner = module.relative_to("src/cnnvis")
        folder = Path("tests") / inner.parent
        package = re.escape(".".join(("cnnvis", *inner.parent.parts)))
        imported = re.compile(rf"\bfrom {package} import\b|\b{package}\.{inner.stem}\b")
        own = folder / f"test_{inner.name}"
        about = (path == own or imported.search(text) for path, text in tests.items() if path.parent == folder)
        if not any(about) and module.as_posix() not in excused:
            yield f"{module} has no test: expected {own}, or one beside it that imports it."
    for module, reason in excused.items():
        if Path(module) not in set(modules) or not reason.strip():
            yield f"tools/untested.json excuses {module}, which is no module with code or has no reason."


def test_share(root: Path, files: Iterable[Path]) -> float:
    """Return the lines of Python tests per line of the product's Python."""
    lines = {"src": 0, "tests": 0}
    for path in files:
        if path.suffix == ".py" and path.parts[0] in lines:
            lines[path.parts[0]] += len((text_of(root / path) or "").splitlines())
    return lines["tests"] / lines["src"]


def modules_with_code(root: Path, files: Iterable[Path]) -> list[Path]:
    """Return the product's modules that define at least one function (nouns alone need no test)."""
    modules = [path for path in files if path.suffix == ".py" and path.is_relative_to("src/cnnvis")]
    return [path for path in modules if path.name != "__init__.py" and _defines_functions(root / path)]


def _defines_functions(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def problems(root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the repository."""
    files = project_files(root)
    for path in files:
        yield from foreign_names(path, text_of(root / path) or "")
    yield from version_problems(root)
    yield from size_problems(measured(root), read_ratchet())
    yield from suppression_problems(root)
    yield from signature_problems(root)
    excused = json.loads((root / "tools/untested.json").read_text(encoding="utf-8"))
    tests = {path: text_of(root / path) or "" for path in files if path.parts[0] == "tests" and path.suffix == ".py"}
    yield from mirror_problems(modules_with_code(root, files), tests=tests, excused=excused)


def main() -> int:
    """Print what is wrong; 1 when anything is."""
    found, files = list(problems()), project_files()
    for problem in found:
        print(problem)
    share = test_share(ROOT, files)
    print(f"repository: {len(files)} files, {share:.2f} lines of tests per line of the product, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
