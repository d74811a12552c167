"""A torchvision that was built for another PyTorch: what Python says of it, as a sentence that a person can act on."""

import torch

from cnnvis.observe.inputs.install import install_line
from cnnvis.schema.errors import MissingPackageError

_SIGNS = ("operator torchvision::", "partially initialized module 'torchvision", "load custom C++ ops")
"""What is said at the first import, at every later one, and when an operator is called."""


def torchvision_mismatch(problem: BaseException) -> MissingPackageError | None:
    """Return the error of a torchvision that does not fit this PyTorch; None when it is about something else."""
    if not any(sign in str(problem) for sign in _SIGNS):
        return None
    message = f"The installed torchvision was built for another PyTorch than the installed {torch.__version__}."
    line = install_line("torch", "torchvision", again=True)
    return MissingPackageError(message, f"Install both from one place: {line}")
