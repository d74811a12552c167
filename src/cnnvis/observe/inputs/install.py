"""The line that installs a package beside the PyTorch that is here, and not another build of PyTorch with it."""

import torch


def install_line(*packages: str, again: bool = False) -> str:
    """Return a command for packages that need PyTorch, in the build that this PyTorch was installed from.

    A PyTorch from a place of its own says so in its version (`2.13.0+cpu`). Without its name there, pip takes the
    ordinary packages, which on Linux bring several gigabytes of CUDA.

    Args:
        packages: What to install.
        again: Whether packages that are there are to be replaced.

    """
    build = torch.__version__.partition("+")[2]
    if build:
        words = ["uv pip install", f"--torch-backend={build}", *(["--reinstall"] if again else [])]
    else:
        words = ["pip install", *(["--force-reinstall"] if again else [])]
    return " ".join([*words, *packages])
