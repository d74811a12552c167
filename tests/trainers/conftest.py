"""Lightning imports torchvision where it finds one, also one that does not load on this PyTorch."""

import importlib.util

from tests.outside import TorchvisionMissingError, import_torchvision

collect_ignore: list[str] = []
_reason = ""
if importlib.util.find_spec("torchvision") is not None:
    try:
        import_torchvision()
    except TorchvisionMissingError as error:
        collect_ignore += ["test_lightning.py", "test_huggingface.py"]
        _reason = f"tests/trainers left out: {error}"


def pytest_report_header() -> str:
    """Say what is left out: nothing that is not collected shows up as skipped."""
    return _reason
