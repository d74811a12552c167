"""`cnnvis replay`: checkpoints in, a run out, and a sentence where that cannot be."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.cli import replay
from cnnvis.cli.main import main
from cnnvis.store.reader import read_run

CODE = """
from torch import nn

def tiny():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "replay_test_nets", raising=False)
    (tmp_path / "replay_test_nets.py").write_text(CODE)
    (tmp_path / "kept").mkdir()
    for step in (5, 10, 20):
        torch.manual_seed(step)
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
        torch.save(model.state_dict(), tmp_path / "kept" / f"step_{step}.pt")
    pixels = np.random.default_rng(0).integers(0, 256, (12, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "images.npz", images=pixels, labels=np.arange(12) % 3)
    return [
        "replay",
        "kept",
        "--model",
        "replay_test_nets:tiny",
        "--data",
        "images.npz",
        "--device",
        "cpu",
        "-o",
        "run",
    ]


def test_a_folder_of_checkpoints_becomes_a_run(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--name", "again"]) == 0
    out, error = capsys.readouterr()
    assert out.splitlines() == ["3 checkpoints replayed.", "Look at it: cnnvis open run"]
    assert "3 checkpoints, steps 5 to 20. Steps are the steps in the names." in error
    assert "3/3" in error
    run = read_run("run")
    assert (run.steps, run.file.name) == ((5, 10, 20), "again")
    run.series.update()
    assert "metric/validation/accuracy" in run.series.run


def test_ctrl_c_leaves_a_run_to_go_on_with(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cnnvis.observe.replay import replay as module

    whole, seen = module.load_checkpoint, list[str]()

    def load(model: nn.Module, path: Path) -> list[str]:
        seen.append(path.name)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(model, path)

    monkeypatch.setattr(module, "load_checkpoint", load)
    assert main([*command, "--no-progress"]) == 130
    assert "Stopped after 1 of 3 checkpoints" in capsys.readouterr().out
    assert read_run("run").steps == (5,)
    assert main([*command, "--resume", "--no-progress"]) == 0
    assert read_run("run").steps == (5, 10, 20)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--resume"], "There is no run at run to go on with."),
        (["--resume", "--overwrite"], "--overwrite and --resume contradict each other."),
        (["--checkpoint", "x.pt"], "Unrecognized arguments"),
    ],
)
def test_mistakes_are_one_sentence(
    command: list[str], more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main([*command, *more])
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    assert told in capsys.readouterr().err


def test_a_run_that_is_there_stays(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--no-progress"]) == 0
    assert main([*command, "--no-progress"]) == 2
    assert "There is a run at run already." in capsys.readouterr().err
    assert main([*command, "--overwrite", "--split", "train", "--no-progress"]) == 0
    series = read_run("run").series
    series.update()
    assert "metric/train/accuracy" in series.run
    assert replay.run.__doc__
