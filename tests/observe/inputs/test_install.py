"""Lines that install beside the PyTorch that is here."""

import pytest
import torch

from cnnvis.observe.inputs.install import install_line


@pytest.mark.parametrize(
    ("version", "line", "again"),
    [
        ("2.13.0+cpu", "uv pip install --torch-backend=cpu timm", "uv pip install --torch-backend=cpu --reinstall timm"),
        ("2.13.0+cu128", "uv pip install --torch-backend=cu128 timm",
         "uv pip install --torch-backend=cu128 --reinstall timm"),
        ("2.13.0", "pip install timm", "pip install --force-reinstall timm"),
    ],
)  # fmt: skip
def test_packages_come_from_where_pytorch_came(
    version: str, line: str, again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "__version__", version)
    assert install_line("timm") == line
    assert install_line("timm", again=True) == again
    assert install_line("torch", "torchvision").endswith(" torch torchvision")
