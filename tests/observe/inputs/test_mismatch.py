"""A torchvision of another build is called so, wherever it is imported."""

import sys
from pathlib import Path

import pytest
import torch

from cnnvis.observe.inputs.mismatch import torchvision_mismatch
from cnnvis.observe.inputs.model import load_model
from cnnvis.schema.errors import MissingPackageError

SAID = "operator torchvision::nms does not exist"


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        "partially initialized module 'torchvision' has no attribute 'extension'",
        "Couldn't load custom C++ ops. This can happen if your PyTorch and torchvision versions are incompatible",
    ],
)
@pytest.mark.parametrize(
    ("version", "install"),
    [("2.13.0+cpu", "uv pip install --torch-backend=cpu --reinstall"), ("2.13.0", "pip install --force-reinstall")],
)
def test_the_remedy_names_where_to_install_from(
    said: str, version: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "__version__", version)
    error = torchvision_mismatch(RuntimeError(said))
    assert error is not None
    assert f"built for another PyTorch than the installed {version}." in error.message
    assert error.remedy == f"Install both from one place: {install} torch torchvision"


def test_other_errors_are_none_of_it() -> None:
    assert torchvision_mismatch(RuntimeError("operator aten::nms does not exist")) is None


@pytest.mark.parametrize(
    "reference", ["torchvision:resnet18", "mismatch_nets:Net", "mismatch_nets.py:Net", "late.py:f"]
)
def test_it_is_met_wherever_it_is_imported(reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a package of that name in front that fails as the real one does."""
    for name in ("torchvision", "torchvision.models", "mismatch_nets", "late"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(f"raise RuntimeError({SAID!r})\n")
    (tmp_path / "mismatch_nets.py").write_text("import torchvision\n")
    (tmp_path / "late.py").write_text("def f():\n    import torchvision\n")
    with pytest.raises(MissingPackageError, match="torchvision was built for another PyTorch"):
        load_model(reference)
