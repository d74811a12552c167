"""`cnnvis demo`, with training and the server replaced."""

from pathlib import Path

import pytest

from cnnvis.cli import demo
from cnnvis.cli.main import main
from cnnvis.compose import demo as training
from cnnvis.schema.errors import ServeError
from tests.making.folder import write_run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    calls: list[Path] = []
    monkeypatch.setattr("cnnvis.cli.open.open_runs", lambda runs, _: calls.extend(runs))
    return calls


def test_the_finished_run_is_opened(tmp_path: Path, served: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "finished")
    monkeypatch.setattr(demo, "demo_run", lambda: run)
    assert main(["demo", "--no-browser"]) == 0
    assert served == [run]


def test_a_copy_without_the_finished_run_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> Path:
        message = "This copy of cnnvis has no finished demo run."
        raise ServeError(message, "Make one with `cnnvis demo --train`.")

    monkeypatch.setattr(demo, "demo_run", missing)
    assert main(["demo"]) == 2
    assert "cnnvis demo --train" in capsys.readouterr().err


def test_training_happens_once_unless_asked_again(
    tmp_path: Path, served: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[Path] = []

    def train(to: Path, *, progress: bool = True) -> Path:
        assert not to.exists()
        assert not progress
        trained.append(to)
        return write_run(to)

    monkeypatch.setattr(training, "train_demo", train)
    to = tmp_path / "runs" / "demo"
    words = ["demo", "--train", "-o", str(to), "--no-progress"]
    assert main([*words, "--no-open"]) == 0
    assert (trained, served) == ([to], [])
    assert main(words) == 0
    assert "is there already" in capsys.readouterr().out
    assert (trained, served) == ([to], [to])
    assert main([*words, "--overwrite"]) == 0
    assert (trained, served) == ([to, to], [to, to])
    assert sorted(path.name for path in to.parent.iterdir()) == ["demo"]


def test_a_failed_training_keeps_the_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(to: Path, *, progress: bool = True) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train_demo", interrupted)
    run = write_run(tmp_path / "demo")
    assert main(["demo", "--train", "--overwrite", "-o", str(run)]) == 130
    assert (run / "run.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
