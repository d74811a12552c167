"""Names of user code: found, or refused with a sentence that says why."""

import sys
from pathlib import Path

import pytest

from cnnvis.observe.inputs.reference import call, is_reference, resolve
from cnnvis.schema.errors import DataError, MissingPackageError, ModelError


@pytest.fixture(autouse=True)
def clean_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("my_nets_a", "my_nets_b", "helper_b", "my_nets_d"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_modules_of_the_current_folder_are_importable(tmp_path: Path) -> None:
    (tmp_path / "my_nets_a.py").write_text("class Zoo:\n    answer = 42\n")
    assert resolve("my_nets_a:Zoo.answer", error=ModelError, what="--model") == 42


def test_a_file_may_be_named_by_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "helper_b.py").write_text("value = 7\n")
    (folder / "my_nets_b.py").write_text("from helper_b import value\n")
    assert resolve("deep/my_nets_b.py:value", error=ModelError, what="--model") == 7


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("resnet20", r"must be module:name or path/to/file.py:name"),
        ("my_nets_c:", r"must be module:name"),
        ("nowhere_at_all:f", r"there is no module 'nowhere_at_all'"),
        ("nowhere.py:f", r"there is no file 'nowhere.py'"),
        ("math:sqqrt", r"'math' has no 'sqqrt'; near it: sqrt"),
        ("my_broken:f", r"importing 'my_broken' failed with ZeroDivisionError"),
        ("my_broken.py:f", r"importing 'my_broken.py' failed with ZeroDivisionError"),
    ],
)
def test_what_does_not_exist_is_said(tmp_path: Path, reference: str, words: str) -> None:
    (tmp_path / "my_broken.py").write_text("1 / 0\n")
    with pytest.raises(ModelError, match=words) as caught:
        resolve(reference, error=ModelError, what="--model")
    assert caught.value.remedy
    assert "my_broken" not in sys.modules


def test_a_package_that_the_users_module_needs_is_named(tmp_path: Path) -> None:
    (tmp_path / "my_nets_d.py").write_text("import no_such_package.inner\n")
    with pytest.raises(MissingPackageError, match=r"needs the package 'no_such_package'.*pip install no_such_package"):
        resolve("my_nets_d:f", error=ModelError, what="--model")


def test_call_says_what_does_not_fit() -> None:
    def build(width: int) -> int:
        return 1 // width

    assert call(build, {"width": 1}, error=ModelError, what="--model") == 1
    with pytest.raises(ModelError, match=r"build cannot be called with no arguments: missing a required argument"):
        call(build, {}, error=ModelError, what="--model")
    with pytest.raises(ModelError, match="build failed with ZeroDivisionError"):
        call(build, {"width": 0}, error=ModelError, what="--model")


def test_our_own_errors_pass_through_a_call() -> None:
    def build() -> None:
        message = "mine."
        raise DataError(message)

    with pytest.raises(DataError, match="mine"):
        call(build, {}, error=ModelError, what="--model")


def test_an_existing_path_is_no_reference(tmp_path: Path) -> None:
    (tmp_path / "odd:name").mkdir()
    assert not is_reference("odd:name")
    assert is_reference("module:name")
    assert not is_reference("folder")
