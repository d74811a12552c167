"""Which file is of which step, however a training names its checkpoints."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.replay import find_checkpoints
from cnnvis.observe.replay.checkpoints import natural
from cnnvis.schema.errors import CheckpointError


def save(folder: Path, **contents: object) -> Path:
    for name, content in contents.items():
        torch.save(content, folder / f"{name}.pt")
    return folder


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


@pytest.mark.parametrize(
    ("names", "steps", "what"),
    [
        (("ckpt_10.pt", "ckpt_9.pt", "ckpt_100.pt"), [9, 10, 100], "number"),
        (("epoch=0-step=99.ckpt", "epoch=1-step=199.ckpt", "last.ckpt"), [99, 199], "step"),
        (("net-epoch3.pth", "net-epoch12.pth"), [3, 12], "epoch"),
        (("resnet20_iter_400.th", "resnet20_iter_50.th"), [50, 400], "step"),
        (("checkpoint-500/model.safetensors", "checkpoint-1000/model.safetensors"), [500, 1000], "number"),
        (("model.5.pt", "model.15.pt"), [5, 15], "number"),
    ],
)
def test_steps_are_in_the_names(tmp_path: Path, names: tuple[str, ...], steps: list[int], what: str) -> None:
    found, told = find_checkpoints(touch(tmp_path, *names))
    assert [one.step for one in found] == steps
    assert told.startswith(f"Steps are the {what}s in the names.")
    assert ("last.ckpt" in told) == ("last.ckpt" in names)


def test_steps_are_in_the_files_where_names_tell_none(tmp_path: Path) -> None:
    folder = save(tmp_path, a={"global_step": 300, "epoch": 1}, b={"global_step": torch.tensor(20)}, c={"step": 7})
    found, told = find_checkpoints(folder)
    assert [(one.name, one.step) for one in found] == [("c.pt", 7), ("b.pt", 20), ("a.pt", 300)]
    assert told == "Steps are those that the checkpoints hold."


def test_else_the_order_of_the_names_counts(tmp_path: Path) -> None:
    found, told = find_checkpoints(save(tmp_path, first={"w": 1}, last={"epoch": True}))
    assert [(one.name, one.step) for one in found] == [("first.pt", 1), ("last.pt", 2)]
    assert "numbered in the order of their names" in told


def test_what_holds_no_checkpoint_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="is no folder of checkpoints"):
        find_checkpoints(tmp_path / "ghost")
    with pytest.raises(CheckpointError, match="There is no checkpoint in"):
        find_checkpoints(touch(tmp_path, "notes.txt"))


@given(st.lists(st.integers(0, 10**6), unique=True, min_size=1))
def test_natural_order_is_that_of_the_numbers(numbers: list[int]) -> None:
    names = sorted((f"epoch_{number}.pt" for number in numbers), key=natural)
    assert names == [f"epoch_{number}.pt" for number in sorted(numbers)]
