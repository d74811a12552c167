"""Models by reference."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

from cnnvis.observe.inputs.model import count_parameters, default_device, load_model
from cnnvis.schema.errors import CheckpointError, MissingPackageError, ModelError

CODE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, ids=None, pixel_values=None):
        return self.conv(pixel_values if ids is None else ids).mean((2, 3))

def build(width: int = 2):
    return Net(width)

finished = Net(5)
number = 3

def wrong():
    return {"weights": 1}
"""


@pytest.fixture(autouse=True)
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "cli_test_nets", raising=False)
    (tmp_path / "cli_test_nets.py").write_text(CODE)


@pytest.mark.parametrize(
    ("reference", "width"), [("cli_test_nets:Net", 4), ("cli_test_nets.py:build", 2), ("cli_test_nets:finished", 5)]
)
def test_functions_classes_and_finished_models(reference: str, width: int) -> None:
    loaded = load_model(reference)
    assert loaded.model.get_parameter("conv.weight").shape[0] == width
    assert not loaded.model.training
    assert loaded.facts.name == reference.rpartition(":")[2]
    assert loaded.facts.source == reference
    assert loaded.facts.parameters == width * 28


def test_arguments_and_checkpoint(tmp_path: Path) -> None:
    trained = load_model("cli_test_nets:build", args={"width": 3}).model
    torch.save(trained.state_dict(), tmp_path / "w.pt")
    loaded = load_model("cli_test_nets:build", args={"width": 3}, checkpoint=tmp_path / "w.pt")
    assert torch.equal(loaded.model.get_parameter("conv.weight"), trained.get_parameter("conv.weight"))
    assert loaded.facts.checkpoint == "w.pt"
    with pytest.raises(CheckpointError, match="of another shape"):
        load_model("cli_test_nets:build", checkpoint=tmp_path / "w.pt")


@pytest.mark.parametrize(
    ("reference", "args", "words"),
    [
        ("cli_test_nets:number", {}, "is a int; it must be a model or a function"),
        ("cli_test_nets:wrong", {}, "returned a dict"),
        ("cli_test_nets:build", {"depth": 3}, "cannot be called with depth=3"),
        ("cli_test_nets:finished", {"width": 3}, "takes no arguments"),
        ("cli_test_nets:bild", {}, "near it: build"),
        ("resnet", {}, "must be module:name"),
    ],
)
def test_wrong_references_are_sentences(reference: str, args: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        load_model(reference, args=args)
    assert caught.value.remedy


def test_an_unknown_device_is_a_sentence() -> None:
    with pytest.raises(ModelError, match=r"cannot be put on the device 'warp'"):
        load_model("cli_test_nets:Net", device="warp")
    assert default_device() in {"cpu", "cuda"}


def test_missing_packages_name_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    monkeypatch.setattr(torch, "__version__", "2.13.0+cpu")
    for package in ("timm", "torchvision"):
        remedy = f"Run: uv pip install --torch-backend=cpu {package}$"
        with pytest.raises(MissingPackageError, match=f"needs the package {package}.*{remedy}"):
            load_model(f"{package}:resnet18")


def test_zoo_models_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    zoo = ModuleType("timm")
    zoo.list_models = lambda: ["tinynet", "bignet"]  # pyright: ignore[reportAttributeAccessIssue]
    zoo.create_model = lambda model_name, classes=2, pretrained=False: nn.Linear(1, classes)  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "timm", zoo)
    loaded = load_model("timm:tinynet", args={"classes": 3})
    assert loaded.facts.name == "tinynet"
    assert "random weights" in loaded.notes[0]
    assert load_model("timm:tinynet", args={"pretrained": True}).notes == ()
    torch.save(nn.Linear(1, 2).state_dict(), tmp_path / "w.pt")
    assert load_model("timm:tinynet", checkpoint=tmp_path / "w.pt").notes == ()
    with pytest.raises(ModelError, match=r"timm has no model 'tinnet'; near it: tinynet"):
        load_model("timm:tinnet")


def test_torchvision_models_by_name(torchvision_or_skip: ModuleType) -> None:
    assert torchvision_or_skip.__name__ == "torchvision"
    loaded = load_model("torchvision:squeezenet1_1", args={"num_classes": 7})
    assert loaded.model(torch.zeros(1, 3, 64, 64)).shape == (1, 7)


def test_lazy_weights_are_not_counted() -> None:
    assert count_parameters(nn.Sequential(nn.Linear(2, 3), nn.LazyLinear(4))) == 9


def test_real_checkpoints_fit_their_networks(shared_networks: ModuleType, shared_data: Path) -> None:
    weights = shared_data / "models"
    pairs = {
        "resnet20": weights / "cifar10_resnet_akamaster" / "resnet20-12fca82f.th",
        "squeezenet": weights / "imagenet_squeezenet10_dc" / "squeezenet1_0_dc.pth",
        "resnet8": weights / "cifar10_resnet8_mlperf" / "resnet8.pth",
    }
    for name, path in pairs.items():
        assert load_model(f"{shared_networks.__name__}:{name}", checkpoint=path).notes == ()
    with pytest.raises(CheckpointError, match="60 missing"):
        load_model("networks:resnet32", checkpoint=pairs["resnet20"])
