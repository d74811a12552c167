"""`cnnvis import-tensorboard`."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnnvis.cli import import_tensorboard
from cnnvis.cli.main import main
from cnnvis.store.reader import read_run

LOGS = str(Path(__file__).parents[1] / "store" / "tensorboard" / "logs")


def test_what_was_imported_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "runs"
    assert main(["import-tensorboard", LOGS, "-o", str(to), "--no-progress"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{to}/keras: 2 scalars, 1 layer, steps 0 to 2",
        f"{to}/plain: 3 scalars, 1 layer, steps 0 to 4",
        "  1 histograms are of no layer that their tags name: something.",
        "  Tags that are no numbers were left out: 1 of text.",
        f"Look at it: cnnvis open {to}",
    ]
    assert read_run(to / "plain").recorded


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        ([str(tmp_path / "ghost"), "-o", str(tmp_path / "run")], "There is nothing at"),
        ([LOGS, "--log", "ghost", "-o", str(tmp_path / "run")], "There are: keras, plain"),
        ([str(tmp_path), "-o", str(tmp_path / "run")], "There is no event file"),
    ):
        assert main(["import-tensorboard", *words]) == 2
        assert told in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_it_needs_neither_torch_nor_tensorboard(tmp_path: Path) -> None:
    program = (
        f"import sys; from cnnvis.cli.main import main; main(['import-tensorboard', {LOGS!r}, '-o', 'runs']);"
        "sys.exit(bool({'torch', 'tensorboard', 'tensorflow'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert import_tensorboard.run.__doc__
