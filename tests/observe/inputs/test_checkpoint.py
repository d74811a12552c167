"""Checkpoints: every usual wrapping loads, nothing is executed, and a mismatch is one sentence."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnnvis.observe.inputs.checkpoint import load_checkpoint
from cnnvis.schema.errors import CheckpointError

Weights = dict[str, torch.Tensor]


def network(classes: int = 3) -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, classes))


def prefixed(weights: Weights, prefix: str) -> Weights:
    return {prefix + key: value for key, value in weights.items()}


WRAPPINGS: dict[str, Callable[[Weights], object]] = {
    "plain": lambda w: w,
    "state_dict": lambda w: {"state_dict": w, "epoch": 3},
    "model": lambda w: {"model": w, "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": []}},
    "model_state_dict": lambda w: {"model_state_dict": w},
    "net": lambda w: {"net": w, "acc": 91.0},
    "data parallel": lambda w: {"state_dict": prefixed(w, "module.")},
    "compiled": lambda w: prefixed(w, "_orig_mod."),
    "compiled and parallel": lambda w: prefixed(w, "module._orig_mod."),
    "compiled inside": lambda w: {k.replace("0.", "0._orig_mod.", 1) if k[0] == "0" else k: v for k, v in w.items()},
    "lightning": lambda w: {"state_dict": prefixed(w, "model.") | {"loss.weight": torch.ones(3)}, "callbacks": {}},
    "lightning net": lambda w: {"state_dict": prefixed(w, "net.")},
    "averaged": lambda w: {"n_averaged": torch.tensor(5)} | prefixed(w, "module."),
    "ema only": lambda w: {"ema": w},
    "plain before averaged": lambda w: {"state_dict_ema": {k: v + 1 for k, v in w.items()}, "state_dict": w},
    "with a number": lambda w: w | {"best": 0.5},
    "half": lambda w: {k: v.half() if v.is_floating_point() else v for k, v in w.items()},
    "no batch count": lambda w: {k: v for k, v in w.items() if not k.endswith("num_batches_tracked")},
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_usual_wrappings_load(tmp_path: Path, wrapping: str) -> None:
    trained, fresh = network(), network()
    path = tmp_path / "weights.pt"
    torch.save(WRAPPINGS[wrapping](trained.state_dict()), path)
    notes = load_checkpoint(fresh, path)
    for key, value in trained.named_parameters():
        assert torch.allclose(dict(fresh.named_parameters())[key], value, atol=1e-3), key
    extra = {"lightning": "loss.weight", "averaged": "n_averaged"}.get(wrapping)
    assert (extra in notes[0]) if extra else not notes


def test_safetensors_loads(tmp_path: Path) -> None:
    trained, fresh = network(), network()
    save_file(prefixed(trained.state_dict(), "module."), tmp_path / "weights.safetensors")
    load_checkpoint(fresh, tmp_path / "weights.safetensors")
    assert torch.equal(fresh.state_dict()["3.weight"], trained.state_dict()["3.weight"])


def test_a_wrapped_model_gets_the_weights_inside(tmp_path: Path) -> None:
    trained, fresh = network(), network()
    torch.save(trained.state_dict(), tmp_path / "weights.pt")
    load_checkpoint(nn.DataParallel(fresh), tmp_path / "weights.pt")
    assert torch.equal(fresh.state_dict()["3.weight"], trained.state_dict()["3.weight"])


def test_a_model_with_a_child_called_model_keeps_its_prefix(tmp_path: Path) -> None:
    trained, fresh = nn.ModuleDict({"model": network()}), nn.ModuleDict({"model": network()})
    torch.save(trained.state_dict(), tmp_path / "weights.pt")
    load_checkpoint(fresh, tmp_path / "weights.pt")
    assert torch.equal(fresh.state_dict()["model.3.weight"], trained.state_dict()["model.3.weight"])


def test_another_network_is_one_sentence_with_counts(tmp_path: Path) -> None:
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3), nn.Linear(2, 4))
    torch.save(other.state_dict(), tmp_path / "weights.pt")
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(network(), tmp_path / "weights.pt")
    text = str(caught.value)
    assert "weights.pt belongs to another network" in text
    assert "2 missing (1.running_mean, 1.running_var)" in text
    assert "2 unexpected (2.weight, 2.bias)" in text
    assert "3 of another shape (1.weight 2x2x3x3 instead of 2, 3.weight 4x2 instead of 3x2" in text
    assert "--model" in caught.value.remedy


def test_long_lists_are_cut_short(tmp_path: Path) -> None:
    torch.save({f"layer{index}.weight": torch.zeros(1) for index in range(9)}, tmp_path / "weights.pt")
    with pytest.raises(
        CheckpointError, match=r"9 unexpected \(layer0.weight, layer1.weight, layer2.weight and 6 more\)"
    ) as caught:
        load_checkpoint(network(), tmp_path / "weights.pt")
    missing = [key for key in network().state_dict() if not key.endswith("num_batches_tracked")]
    unexpected = [f"layer{index}.weight" for index in range(9)]
    assert caught.value.details == (f"missing: {', '.join(missing)}", f"unexpected: {', '.join(unexpected)}")


def test_another_number_of_classes_has_its_own_remedy(tmp_path: Path) -> None:
    before = network(3)
    weights = {key: value.clone() for key, value in before.state_dict().items()}
    torch.save(network(5).state_dict(), tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match=r"3.weight 5x2 instead of 3x2.*--model-arg num_classes=N"):
        load_checkpoint(before, tmp_path / "weights.pt")
    assert all(torch.equal(before.state_dict()[key], value) for key, value in weights.items())


class Trap:
    """Runs code when unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("executed",))


def test_nothing_is_executed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trap.pt"
    torch.save({"state_dict": network().state_dict(), "trap": Trap()}, path)
    with pytest.raises(CheckpointError, match=r"running code from the file.*torch.save\(model.state_dict\(\)"):
        load_checkpoint(network(), path)
    (tmp_path / "trap.th").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(CheckpointError, match="running code from the file"):
        load_checkpoint(network(), tmp_path / "trap.th")
    assert "executed" not in capsys.readouterr().out


def test_a_whole_model_is_refused_with_the_way_to_save_weights(tmp_path: Path) -> None:
    torch.save(network(), tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match=r"torch.nn.modules.*save the weights alone"):
        load_checkpoint(network(), tmp_path / "model.pt")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.pt", b"PK\x03\x04half a zip", "cannot be read"),
        ("empty.pth", b"", "empty.pth is no checkpoint, or damaged: "),
        ("text.ckpt", b"these are not weights", "text.ckpt is no checkpoint, or damaged: "),
        ("bytes.pth", bytes(range(256)) * 40, "bytes.pth is no checkpoint, or damaged: "),
        ("cut.safetensors", b"\x10\x00\x00", "cannot be read"),
        ("weights.onnx", b"", r"ends in '.onnx'; known are .pt"),
    ],
)
def test_files_that_are_no_checkpoints(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=words) as caught:
        load_checkpoint(network(), tmp_path / name)
    assert caught.value.remedy


def test_a_truncated_checkpoint_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    torch.save(network().state_dict(), path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(CheckpointError, match=r"weights\.pt cannot be read \([^.]+\)\. It may be cut off"):
        load_checkpoint(network(), path)


def test_a_missing_file_and_a_file_without_weights(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone.pt' is not a file.*--checkpoint"):
        load_checkpoint(network(), tmp_path / "gone.pt")
    torch.save({"epoch": 3, "loss": 0.1}, tmp_path / "empty.pt")
    with pytest.raises(CheckpointError, match=r"holds no weights \(found: epoch, loss\)"):
        load_checkpoint(network(), tmp_path / "empty.pt")


def test_a_file_that_cannot_be_opened_is_said_to_be_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.pth"
    torch.save({"a": torch.zeros(2)}, path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("denied")

    monkeypatch.setattr(torch, "load", refuse)
    monkeypatch.setattr("cnnvis.observe.inputs.checkpoint.is_archive", refuse)
    with pytest.raises(CheckpointError, match=r"locked\.pth"):
        load_checkpoint(nn.Linear(2, 2), path)
