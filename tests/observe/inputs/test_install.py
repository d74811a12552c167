"""Lines that install beside the PyTorch that is here."""

import pytest
import torch

from cnnvis.observe.inputs.install import install_line


@pytest.mark.parametrize(
    ("version", "line", "again"),
    [
        ("2.13.0+cpu", "uv pip install --torch-backend=cpu", "uv pip install --torch-backend=cpu --reinstall"),
        ("2.13.0+cu128", "uv pip install --torch-backend=cu128", "uv pip install --torch-backend=cu128 --reinstall"),
        ("2.13.0", "pip install", "pip install --force-reinstall"),
    ],
)
def test_packages_come_from_where_pytorch_came(
    version: str, line: str, again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "__version__", version)
    assert install_line("timm") == f"{line} timm"
    assert install_line("timm", again=True) == f"{again} timm"
    assert install_line("torch", "torchvision").endswith(" torch torchvision")
