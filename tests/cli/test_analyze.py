"""`cnnvis analyze` from the command line: a finished run, or one sentence and exit code 2 with nothing lost."""

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnvis.cli import analyze
from cnnvis.cli.main import main
from cnnvis.compose import pipeline
from cnnvis.observe.collect import engine
from cnnvis.store import files, reader
from cnnvis.store.reader import read_run

CODE = """
import torch
from torch import nn

def tiny(classes=3, channels=3):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, classes),
    )

def brightness():
    # Dark, grey or bright: the class whose brightness is nearest, for values of 0 to 1.
    mean, nearest = nn.Conv2d(3, 1, 1), nn.Linear(1, 3)
    with torch.no_grad():
        mean.weight.fill_(1 / 3), mean.bias.zero_()
        of_class = torch.tensor([0.1, 0.5, 0.9])
        nearest.weight.copy_(of_class[:, None]), nearest.bias.copy_(-of_class**2 / 2)
    return nn.Sequential(mean, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nearest)
"""
Command = list[str]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A command that works: a tiny network and a folder with one folder of images per class."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "analyze_test_nets", raising=False)
    (tmp_path / "analyze_test_nets.py").write_text(CODE)
    rng = np.random.default_rng(0)
    for name in ("ant", "bee", "cat"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for index in range(4):
            pixels = rng.integers(0, 256, (12, 10, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{index}.png")
    return ["analyze", "--model", "analyze_test_nets:tiny", "--data", "photos", "--no-progress", "--device", "cpu"]


def refused(words: Command, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that must end with exit code 2 and return its one line on standard error."""
    capsys.readouterr()
    assert main(words) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("error: ")
    assert error.count("\n") == 1, error
    return error


def test_a_run_is_written_and_described(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "tiny has 10 neurons after a non-linearity in 2 layers. It saw 12 images of photos (values 0-1)." in out
    assert "% of them right." in out
    assert out.endswith("Look at it: cnnvis open runs/tiny\n")
    run = read_run(tmp_path / "runs" / "tiny")
    assert run.file.classes == ("ant", "bee", "cat")
    assert run.file.model.source == "analyze_test_nets:tiny"
    assert run.file.model.input_shape == (3, 12, 10)


def test_before_the_pass_it_says_what_to_expect_and_then_how_far_it_is(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    command.remove("--no-progress")
    assert main(command) == 0
    said = capsys.readouterr().err
    expected, bar = said.index("12 images: about "), said.index("photos:   0%")
    assert expected < said.index(" on disk and ") < bar < said.index("img/s", bar)


@pytest.mark.parametrize("bars", [True, False])
def test_a_wrong_scale_is_called_out_before_the_pass_with_bars_or_without(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, bars: bool
) -> None:
    for name, value in (("0 dark", 25), ("1 grey", 128), ("2 bright", 230)):
        (tmp_path / "lights" / name).mkdir(parents=True)
        for index in range(12):
            Image.new("RGB", (8, 8), (value + index,) * 3).save(tmp_path / "lights" / name / f"{index}.png")
    words = [*command, "--model", "analyze_test_nets:brightness", "--data", "lights"]
    if bars:
        words.remove("--no-progress")
    assert main([*words, "-o", "right"]) == 0
    assert "warning" not in capsys.readouterr().err
    assert main([*words, "-o", "wrong", "--scale", "0-255"]) == 0
    said = capsys.readouterr().err
    warning = "warning: Only 12 of 36 images tried are predicted right, which is what guessing gives."
    assert said.count(warning) == 1
    assert ("img/s" in said) is bars
    assert not bars or said.index(warning) < said.index("lights:   0%")


def test_options_reach_the_run(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(nn.Sequential().state_dict(), tmp_path / "w.pt")
    words = [*command, "-o", "other", "--name", "Mine", "--limit", "6", "--resize", "8", "--crop", "8", "--top-k", "2"]
    assert main([*words, "--class-names", "Ameise,Biene,Katze", "--workers", "0", "--batch-size", "4"]) == 0
    run = read_run(tmp_path / "other")
    assert run.file.name == "Mine"
    assert run.file.classes == ("Ameise", "Biene", "Katze")
    assert run.snapshot.images_seen == 6
    assert run.snapshot.top_k == 2
    assert "short side to 8; centre crop 8" in capsys.readouterr().out


def test_corrupt_images_are_left_out_counted_and_listed(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index in range(7):
        (tmp_path / "photos" / "bee" / f"broken{index}.jpg").write_bytes(b"\xff\xd8 cut off")
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "7 images could not be read and stayed out:" in out
    assert "  bee/broken0.jpg: " in out
    assert "  and 2 more, all listed in runs/tiny/run.json" in out
    assert out.count("could not be read") == 1
    assert len(read_run(tmp_path / "runs" / "tiny").file.data.skipped) == 7
    assert read_run(tmp_path / "runs" / "tiny").snapshot.images_seen == 12


def test_images_without_labels_give_no_accuracy(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*command[:3], "--data", str(tmp_path / "photos" / "ant"), *command[5:]]
    assert main(words) == 0
    assert "no labels: there is no accuracy, and classes are what the network predicts" in capsys.readouterr().out


def test_a_run_that_is_there_is_never_replaced_silently(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    before = (tmp_path / "runs" / "tiny" / "run.json").read_bytes()
    error = refused(command, capsys)
    assert "There is a run at runs/tiny already. Choose another folder with -o, or replace it with --overwrite" in error
    assert (tmp_path / "runs" / "tiny" / "run.json").read_bytes() == before
    assert main([*command, "--overwrite", "--name", "again"]) == 0
    assert read_run(tmp_path / "runs" / "tiny").file.name == "again"
    assert "contradict each other" in refused([*command, "--overwrite", "--resume"], capsys)
    assert "Choose another folder with -o" in refused([*command, "-o", "photos"], capsys)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--data", "nowhere"], "The data 'nowhere' does not exist in"),
        (["--model", "analyze_test_nets:tinny"], "has no 'tinny'; near it: tiny."),
        (["--model", "nothing_here:f"], "there is no module 'nothing_here'"),
        (["--model", "tiny"], "it must be module:name or path/to/file.py:name"),
        (["--model-arg", "depth=3"], "tiny cannot be called with depth=3"),
        (["--checkpoint", "gone.pt"], "The checkpoint 'gone.pt' is not a file in"),
        (["--class-names", "a,b"], "has 3 class folders, but 2 class names were given"),
        (["--class-names", "gone.txt"], "neither a file in"),
        (["--class-map", "up"], "neither a shift like +1 nor a file"),
        (["--labels", "gone.csv", "--data", "photos/ant"], "The file 'gone.csv' of --labels is not in"),
        (["--device", "warp"], "cannot be put on the device 'warp'"),
        (["--mean", "1,2"], "The option mean has 2 values, but the images have 3 channels."),
        (["--preprocess", "nothing_here:f"], "--preprocess: there is no module 'nothing_here'"),
        (["--input-name", "pixels"], "The model's forward has no parameter 'pixels'; it takes input."),
        (["--resume"], "no interrupted analysis"),
    ],
)
def test_mistakes_are_sentences(
    command: Command, options: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert words in refused([*command, *options], capsys)
    assert not (tmp_path / "runs" / "tiny").exists()


def test_images_of_a_wrong_shape(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    error = refused([*command, "--colour", "grey"], capsys)
    assert "1" in error
    assert "channels" in error
    error = refused([*command, "--model-arg", "channels=1"], capsys)
    assert "3 channels" in error


def test_images_of_differing_sizes(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (5, 5)).save(tmp_path / "photos" / "ant" / "small.png")
    error = refused(command, capsys)
    assert "The images differ in size: 0.png is 12x10 and small.png is 5x5 (height x width)." in error
    assert "--resize" in error
    assert main([*command, "--resize", "8", "--crop", "8"]) == 0


def test_a_network_with_another_number_of_classes(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    error = refused([*command, "--model-arg", "classes=2"], capsys)
    assert error == (
        "error: The data has 3 classes, but the model has 2 outputs. Say which output is which class with --class-map, "
        "or use data of the classes the model knows.\n"
    )


def test_a_background_output_is_aligned_by_the_class_map(command: Command, tmp_path: Path) -> None:
    assert main([*command, "--model-arg", "classes=4", "--class-map", "+1"]) == 0
    assert read_run(tmp_path / "runs" / "tiny").file.classes == ("ant", "bee", "cat")


def test_an_empty_class_folder(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos" / "dog").mkdir()
    assert "The class folder 'dog' in 'photos' holds no images. Put images into it" in refused(command, capsys)


def test_only_corrupt_images(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "photos").rglob("*.png"):
        path.write_text("no image")
    assert "None of the 12 images of 'photos' can be read (ant/0.png: " in refused(command, capsys)


def test_a_checkpoint_of_another_network(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(2, 2)).state_dict(), tmp_path / "other.pt")
    assert main([*command, "--checkpoint", "other.pt"]) == 2
    error, *details = capsys.readouterr().err.splitlines()
    assert error.startswith("error: The checkpoint other.pt belongs to another network than the model: ")
    assert "4 missing (2.weight, 2.bias, 6.weight and 1 more)" in error
    assert "unexpected (1.weight, 1.bias)" in error
    assert details == ["  missing: 2.weight, 2.bias, 6.weight, 6.bias"]


def test_a_checkpoint_that_would_run_code(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(nn.Linear(1, 1), tmp_path / "whole.pt")
    error = refused([*command, "--checkpoint", "whole.pt"], capsys)
    assert "running code from the file" in error
    assert "torch.save(model.state_dict(), 'weights.pt')" in error


def test_ctrl_c_before_anything_is_kept_says_so(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(analyze, "analyze_source", interrupted)
    assert main(command) == 130
    assert "Interrupted before anything was written; no run was changed." in capsys.readouterr().err


def interrupting(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_after_the_pass_keeps_what_was_read(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "connect_by_weight", interrupting)
        assert main(command) == 130
    said = capsys.readouterr().err
    assert "What was read so far is kept; go on with the same command and --resume (-o runs/tiny)." in said
    assert not (tmp_path / "runs" / "tiny").exists()
    assert "was interrupted, and what it had seen is still there. Go on with it by --resume" in refused(command, capsys)
    assert main([*command, "--resume"]) == 0
    assert read_run(tmp_path / "runs" / "tiny").snapshot.images_seen == 12


def test_ctrl_c_after_the_run_was_written_says_that_it_is_there(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline.Studio, "fill_cache", interrupting)
    assert main(command) == 130
    assert "Interrupted when the run was written" in (said := capsys.readouterr().err)
    assert "cnnvis open runs/tiny" in said
    assert read_run(tmp_path / "runs" / "tiny").snapshot.complete


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_after_the_pass_loses_nothing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--name", "before"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr(pipeline.RunWriter, "write_pictures", lambda self, _: files.write_parts(self.run, iter(full, 0)))
        error = refused([*command, "--overwrite"], capsys)
    assert "the disk is full. Free some space" in error
    assert "What was read so far is kept; go on with the same command and --resume (-o runs/tiny)." in error
    assert read_run(tmp_path / "runs" / "tiny").file.name == "before"
    assert main([*command, "--resume", "--name", "after"]) == 0
    assert read_run(tmp_path / "runs" / "tiny").file.name == "after"
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["tiny"]


def test_a_disk_that_is_full_of_state_does_not_end_the_pass(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full_disk(folder: Path, *_: object) -> None:
        with files.explaining_disk_errors(folder):
            full()

    monkeypatch.setattr(engine, "save_state", full_disk)
    assert main(command) == 0
    assert read_run(tmp_path / "runs" / "tiny").snapshot.complete
    assert "Warning: The state for --resume was not written. Could not write" in (said := capsys.readouterr().out)
    assert said.count("The state for --resume") == 1


def test_a_disk_that_fills_up_when_the_run_is_there_costs_one_kind_of_connections(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full_disk(*_: object) -> None:
        with files.explaining_disk_errors(tmp_path / "connections"):
            full()

    monkeypatch.setattr(reader, "write_contribution_connections", full_disk)
    command.remove("--no-progress")
    assert main(command) == 0
    assert "Connections by contribution were not kept. Could not write" in capsys.readouterr().err
    assert read_run(tmp_path / "runs" / "tiny").contribution_connections is None


def test_a_real_full_disk(command: Command, tmp_path: Path) -> None:
    """A limit that the system sets to the size of files, in a process of its own."""
    limited = ["bash", "-c", 'ulimit -f 1; exec "$0" -m cnnvis "$@"', sys.executable, *command]
    ended = subprocess.run(limited, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("error: Could not write ")
    assert "the disk is full. Free some space" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert list((tmp_path / "runs").iterdir()) == []


def test_random_weights_are_mentioned(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load = analyze.load_model

    def with_note(*words: object, **options: object) -> analyze.LoadedModel:
        loaded = load(*words, **options)
        return analyze.LoadedModel(loaded.model, loaded.facts, ("It has random weights.",))

    monkeypatch.setattr(analyze, "load_model", with_note)
    assert main(command) == 0
    assert "Warning: It has random weights." in capsys.readouterr().out


INTERRUPTING = """
import numpy as np

class Photos:
    classes = ["ant", "bee", "cat"]
    calm = False
    def __len__(self):
        return 128
    def __getitem__(self, index):
        if index == 101 and not Photos.calm:
            raise KeyboardInterrupt
        return np.random.default_rng(index).integers(0, 256, (12, 10, 3), dtype=np.uint8), index % 3
"""


def test_after_ctrl_c_the_part_can_be_opened_and_the_rest_resumed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "analyze_test_photos", raising=False)
    (tmp_path / "analyze_test_photos.py").write_text(INTERRUPTING)
    words = [*command, "--data", "analyze_test_photos:Photos", "--batch-size", "16", "--workers", "0"]
    assert main(words) == 130
    assert "Stopped after 96 of 128 images; the run shows these. Go on with --resume." in capsys.readouterr().out
    part = read_run(tmp_path / "runs" / "tiny")
    assert (part.snapshot.images_seen, part.snapshot.complete) == (96, False)
    monkeypatch.setattr(sys.modules["analyze_test_photos"].Photos, "calm", True)
    assert main([*words, "--resume"]) == 0
    assert main([*words, "-o", "whole"]) == 0
    whole, resumed = read_run(tmp_path / "whole"), read_run(tmp_path / "runs" / "tiny")
    assert resumed.snapshot.images_seen == 128
    assert resumed.accuracy == whole.accuracy
    for unit in whole.statistics.units:
        assert np.array_equal(resumed.statistics.unit(unit).top_sample, whole.statistics.unit(unit).top_sample)
