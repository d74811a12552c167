"""The size budget: short files, short functions, few suppressions.

Exceptions stand in ratchet.json beside this file, each with its own limit and the reason. An exception that is no
longer needed must go, so that the limits only ever tighten.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tools.tracked import ROOT, project_files, text_of

FILE_LINES = 400
FUNCTION_LINES = 50
POSITIONAL = 3
SUPPRESSIONS_PER_1000 = 3
RATCHET = Path(__file__).with_name("ratchet.json")

_SUFFIXES = {".py", ".ts", ".svelte", ".mjs"}
_GENERATED = {Path("web/src/api/types.ts")}
_SUPPRESSION = re.compile(r"#\s*(?:noqa|type: ignore|pyright: ignore|pragma: no cover)|@ts-(?:ignore|expect-error)")


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """Yield (qualified name, lines of the body without its docstring) of each function of a Python file."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                body = child.body[1:] if ast.get_docstring(child) is not None else child.body
                yield prefix + child.name, (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                yield from walk(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            else:
                yield from walk(child, prefix)

    yield from walk(ast.parse(source), "")


def positional_counts(source: str) -> Iterator[tuple[str, int]]:
    """Yield (name, positional parameters) of each public function of a Python file."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name, len(node.args.posonlyargs) + len(node.args.args)


def exported_names(source: str) -> set[str]:
    """Return what a package's ``__all__`` lists."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def signature_problems(root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each function at a package's front door that takes too many positional parameters."""
    excused = read_ratchet()
    for path in project_files(root):
        front = root / path.parent / "__init__.py"
        if path.suffix != ".py" or path.parts[0] != "src" or not front.is_file():
            continue
        exported = exported_names(front.read_text(encoding="utf-8"))
        for name, count in positional_counts((root / path).read_text(encoding="utf-8")):
            limit = int(excused.get(f"{path.as_posix()}::{name}", {}).get("positional", POSITIONAL))
            if name in exported and count > limit:
                yield f"{path}::{name} has {count} positional parameters: give those after {limit} a keyword."


def measured(root: Path = ROOT) -> dict[str, int]:
    """Return the lines of every source file and, as ``file::function``, of every Python function body."""
    sizes: dict[str, int] = {}
    for path in project_files(root):
        text = text_of(root / path) if path.suffix in _SUFFIXES and path not in _GENERATED else None
        if text is None:
            continue
        sizes[path.as_posix()] = len(text.splitlines())
        if path.suffix == ".py":
            sizes |= {f"{path.as_posix()}::{name}": lines for name, lines in function_lengths(text)}
    return sizes


def size_problems(sizes: dict[str, int], ratchet: dict[str, dict[str, int | str]]) -> Iterator[str]:
    """Yield a sentence for everything over its limit, and for every exception without need or reason."""
    for name, lines in sizes.items():
        usual = FUNCTION_LINES if "::" in name else FILE_LINES
        limit = int(ratchet.get(name, {}).get("lines", usual))
        if lines > limit:
            yield f"{name} has {lines} lines, at most {limit}: split it, or give the reason in tools/ratchet.json."
    for name, exception in ratchet.items():
        if "lines" not in exception:
            continue
        usual = FUNCTION_LINES if "::" in name else FILE_LINES
        if sizes.get(name, 0) <= usual:
            yield f"tools/ratchet.json excuses {name}, which needs no excuse: remove the entry."
        if not str(exception.get("reason", "")).strip():
            yield f"tools/ratchet.json excuses {name} without a reason."


def read_ratchet(path: Path = RATCHET) -> dict[str, dict[str, int | str]]:
    """Return the exceptions from the size budget."""
    return json.loads(path.read_text(encoding="utf-8"))


def suppression_problems(root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence when the product's Python silences its checkers more often than the budget allows."""
    lines = suppressed = 0
    for path in project_files(root):
        if path.suffix == ".py" and path.parts[0] == "src":
            text = text_of(root / path) or ""
            lines += len(text.splitlines())
            suppressed += len(_SUPPRESSION.findall(text))
    if suppressed * 1000 > SUPPRESSIONS_PER_1000 * max(lines, 1000):
        yield f"src/ has {suppressed} suppressions in {lines} lines, at most {SUPPRESSIONS_PER_1000} per 1000."
