"""The repository as a whole is in order, and the checks that say so can fail."""

import json
from pathlib import Path

import pytest

from tools.check_repository import foreign_names, mirror_problems, modules_with_code, version_problems
from tools.sizes import (
    exported_names,
    function_lengths,
    measured,
    positional_counts,
    read_ratchet,
    signature_problems,
    size_problems,
    suppression_problems,
)
from tools.tracked import ROOT, project_files, text_of


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [p for path in project_files() for p in foreign_names(path, text_of(ROOT / path) or "")]
    assert found == []


def test_all_places_tell_the_same_version_and_the_changelog_mentions_it() -> None:
    assert list(version_problems()) == []


def test_files_and_functions_keep_to_their_size() -> None:
    assert list(size_problems(measured(), read_ratchet())) == []


def test_checkers_are_rarely_silenced() -> None:
    assert list(suppression_problems()) == []


def test_functions_at_a_front_door_take_few_positional_parameters() -> None:
    assert list(signature_problems()) == []


def test_positional_parameters_of_public_functions_are_counted() -> None:
    assert dict(positional_counts("def f(a, b, /, c, *, d): ...\ndef _h(a, b, c, d): ...\n")) == {"f": 3}


def test_the_exported_names_are_read_from_all() -> None:
    assert exported_names('from x import *\n__all__ = ["f", "g"]\n') == {"f", "g"}
    assert exported_names("x = 1\n") == set()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("index = https://" + "pypi" + ".org/simple", "registry"),
        ('"resolved": "https://' + "registry." + 'npmjs.org/x"', "registry"),
        ("see /" + "work/shared/design.md", "machine"),
        ("cd /" + "home/ada/cnnvis", "machine"),
    ],
)
def test_a_foreign_name_is_noticed(line: str, what: str) -> None:
    assert [what in problem for problem in foreign_names(Path("some.md"), line)] == [True]


@pytest.mark.parametrize(
    "line", ["POST /proxy/8000/api/", "the folder src" + "/work" + "/x", "https://example.org" + "/root" + "/a"]
)
def test_an_ordinary_address_is_not_foreign(line: str) -> None:
    assert list(foreign_names(Path("some.md"), line)) == []


def test_a_function_is_measured_without_its_docstring() -> None:
    source = 'class A:\n    def f(self):\n        """Two\n        lines."""\n        x = 1\n        return x\n'
    assert dict(function_lengths(source)) == {"A.f": 2}


def test_something_too_long_and_an_idle_exception_are_noticed() -> None:
    sizes = {"a.py": 401, "a.py::f": 51, "b.py": 10}
    assert len(list(size_problems(sizes, {}))) == 2
    excused = {"a.py": {"lines": 420, "reason": "a table"}, "a.py::f": {"lines": 60, "reason": "one loop"}}
    assert list(size_problems(sizes, excused)) == []
    assert len(list(size_problems(sizes, excused | {"b.py": {"lines": 500, "reason": "x"}}))) == 1


@pytest.mark.parametrize(
    ("tests", "problems"),
    [
        ({}, 1),
        ({"tests/store/test_reader.py": ""}, 0),
        ({"tests/store/test_damage.py": "from cnnvis.store import Run"}, 0),
        ({"tests/store/test_damage.py": "from cnnvis.store.reader import Run"}, 0),
        ({"tests/store/test_damage.py": "from cnnvis.store.readers import Run"}, 1),
        ({"tests/serve/test_app.py": "from cnnvis.store.reader import Run"}, 1),
    ],
)
def test_a_module_without_test_is_noticed(tests: dict[str, str], problems: int) -> None:
    module = Path("src/cnnvis/store/reader.py")
    found = mirror_problems([module], tests={Path(name): text for name, text in tests.items()}, excused={})
    assert len(list(found)) == problems


def test_modules_of_nouns_alone_need_no_test() -> None:
    files = project_files()
    assert Path("src/cnnvis/schema/scene.py") not in modules_with_code(ROOT, files)
    assert Path("src/cnnvis/schema/graph.py") in modules_with_code(ROOT, files)


def test_npm_can_install_the_web_packages_on_any_platform() -> None:
    """Npm leaves out of the lock file what the registry at hand does not offer; `npm ci` then fails everywhere."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    offered = {name.rpartition("node_modules/")[2] for name in packages}
    named = {dependency for entry in packages.values() for dependency in entry.get("optionalDependencies", {})}
    assert named - offered == set()
