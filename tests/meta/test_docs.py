"""The documentation keeps up with the code: every command, option, public name and error has its place."""

import inspect
import re
from pathlib import Path

import cnnvis
from cnnvis.schema import errors
from tools import cli_page
from tools.tracked import ROOT, project_files

DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_command_line_page_is_what_the_parser_says_now() -> None:
    """`make types` makes it again."""
    assert text("reference/command-line.md") == cli_page.page()


def test_every_public_name_is_documented() -> None:
    page = text("reference/python.md")
    assert [name for name in cnnvis.__all__ if f"cnnvis.{name}" not in page] == []


def test_every_parameter_of_the_public_functions_is_documented() -> None:
    page = text("reference/python.md")
    functions = [value for name in cnnvis.__all__ if inspect.isfunction(value := getattr(cnnvis, name))]
    parameters = {name for function in functions for name in inspect.signature(function).parameters}
    assert {name for name in parameters if f"`{name}`" not in page} == set()


def test_every_kind_of_error_is_documented() -> None:
    page = text("reference/errors.md")
    kinds = [name for name, value in vars(errors).items() if inspect.isclass(value)]
    assert [name for name in kinds if name not in page] == []


def test_every_file_of_a_run_folder_is_documented() -> None:
    source = (ROOT / "src/cnnvis/store/layout.py").read_text(encoding="utf-8")
    names = re.findall(r'^[A-Z_]+ = "(.+)"$', source, re.MULTILINE)
    page = text("reference/run-folder.md")
    assert names
    assert [name for name in names if name not in page] == []


def test_links_from_the_readme_and_contributing_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        links = re.findall(r"\]\(([^)#\s]+)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to("docs") for path in project_files() if path.is_relative_to(Path("docs"))]
    assert [page.as_posix() for page in pages if page.suffix == ".md" and page.as_posix() not in navigation] == []


def test_every_option_that_a_page_names_exists() -> None:
    """Pages also name options of pip, uv, scp, studies and benchmarks: those stand here."""
    foreign = {
        "--all", "--epochs", "--help", "--markdown", "--part", "--pictures", "--seeds", "--torch-backend", "--upgrade"
    }  # fmt: skip
    known = set(re.findall(r"`(--[a-z-]+)", text("reference/command-line.md")))
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md"]
    named = {option for page in pages for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", page.read_text("utf-8"))}
    assert named - known - foreign == set()
