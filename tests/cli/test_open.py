"""`cnnvis open`, with the server itself replaced."""

import socket
import sys
from pathlib import Path

import pytest

from cnnvis.cli import open as command
from cnnvis.cli.main import main
from cnnvis.cli.parser import build_parser
from cnnvis.serve import ServeOptions
from tests.making.folder import write_run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Path], ServeOptions]]:
    calls: list[tuple[list[Path], ServeOptions]] = []
    monkeypatch.setattr(command, "open_runs", lambda runs, options: calls.append((runs, options)))
    return calls


def test_runs_and_folders_of_runs_are_served(tmp_path: Path, served: list[tuple[list[Path], ServeOptions]]) -> None:
    first, second = write_run(tmp_path / "runs" / "a"), write_run(tmp_path / "runs" / "b")
    assert main(["open", str(first), "--port", "9000", "--no-browser"]) == 0
    assert main([str(tmp_path / "runs")]) == 0
    assert served == [([first], ServeOptions(port=9000, browser=False)), ([first, second], ServeOptions())]


def test_every_option_of_the_server_is_passed_on(tmp_path: Path, served: list[tuple[list[Path], ServeOptions]]) -> None:
    words = ["--host", "0.0.0.0", "--read-only", "--base-path", "/a/{port}", "--allow-host", "x", "--allow-host", "y:1",
             "--allow-frame", "http://a", "--allow-frame", "http://b"]  # fmt: skip
    assert main(["open", str(write_run(tmp_path / "a")), *words]) == 0
    assert served[0][1] == ServeOptions(
        host="0.0.0.0", read_only=True, base_path="/a/{port}", allowed=("x", "y:1"), frames=("http://a", "http://b")
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--base-path", "/a b"], "error: '/a b' is no path to live below. Give one like /user/ada/proxy/8750.\n"),
        (
            ["--allow-host", "a/b"],
            "error: 'a/b' is no host. Give a name like hub.example.org, or hub.example.org:8443.\n",
        ),
        (["--allow-frame", "*"], "error: '*' is no origin."),
        (["--host", "192.0.2.1"], "error: Port 8750 on 192.0.2.1 cannot be used"),
    ],
)
def test_a_server_that_cannot_be_is_a_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["open", str(write_run(tmp_path / "a")), "--no-browser", *words]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_a_token_that_is_too_short_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIS_TOKEN", "hunter2")
    assert main(["open", str(write_run(tmp_path / "a")), "--no-browser"]) == 2
    error = capsys.readouterr().err
    assert "CNNVIS_TOKEN has 7 characters" in error
    assert "hunter2" not in error


def test_only_showing_and_the_network_exclude_each_other(
    tmp_path: Path, served: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(write_run(tmp_path / "a")), "--read-only", "--model", "nets:small", "--data", "photos"]
    assert main(["open", *words]) == 2
    assert "--model came with --read-only, which lets nobody use the network." in capsys.readouterr().err
    assert served == []


@pytest.mark.parametrize("words", [["gone"], ["open", "gone"]])
def test_a_missing_run_is_a_sentence(
    words: list[str],
    served: list[object],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: There is ")
    assert "'gone'" in error
    assert "cnnvis alone lists the runs" in error
    assert served == []


def test_a_folder_that_is_no_run_and_a_newer_run_are_sentences(
    tmp_path: Path, served: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photos").mkdir()
    assert main(["open", str(tmp_path / "photos")]) == 2
    assert "is not a run folder" in capsys.readouterr().err
    run = write_run(tmp_path / "newer")
    (run / "run.json").write_text(
        (run / "run.json").read_text().replace('"version":1', '"version":99').replace('"version": 1', '"version": 99')
    )
    assert main([str(run)]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert served == []


@pytest.mark.parametrize("words", [["open"], ["query"], []])
def test_a_torn_copy_of_a_run_is_a_sentence(
    words: list[str], tmp_path: Path, served: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "torn")
    torn = next(run.rglob("pixels.bin"))
    torn.write_bytes(torn.read_bytes()[:-1])
    assert main([*words, str(run), *(["neurons"] if words == ["query"] else [])]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "pixels.bin is truncated: it has" in error
    assert "Copy the run folder anew, or analyse again." in error
    assert error.count("\n") == 1
    assert served == []


def test_a_taken_port_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path / "a")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["open", str(run), "--no-browser", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port" in capsys.readouterr().err


def test_with_the_network_and_its_images_the_worker_gets_the_same_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "a")
    given: list[tuple[str, ...] | None] = []
    monkeypatch.setattr(command, "open_runs", lambda _runs, options: given.append(options.worker))
    words = [str(run), "--model", "nets:small", "--data", "photos", "--mean", "-1,2,3", "--no-browser"]
    assert main(words) == 0
    line = ["open", str(run), "--model", "nets:small", "--data", "photos", "--mean=-1,2,3", "--no-browser"]
    assert given == [(sys.executable, "-m", "cnnvis.cli.worker", *line)]
    assert build_parser().parse_args(line).mean == (-1.0, 2.0, 3.0)


@pytest.mark.parametrize(("option", "missing"), [("--model", "--data"), ("--data", "--model")])
def test_half_a_network_is_a_sentence(
    option: str, missing: str, tmp_path: Path, served: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "a")
    assert main(["open", str(run), option, "x:y"]) == 2
    error = capsys.readouterr().err
    assert error == f"error: {option} came without {missing}. Give both, as for `cnnvis analyze`, or neither.\n"
    assert served == []


def test_a_network_without_pytorch_is_a_sentence(
    tmp_path: Path, served: list[object], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "a")
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    assert main(["open", str(run), "--model", "nets:small", "--data", "photos"]) == 2
    assert "--model needs PyTorch, which is not installed here." in capsys.readouterr().err
    assert served == []
