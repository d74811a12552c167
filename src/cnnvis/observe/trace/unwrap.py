"""From a wrapped model to the eager module that a person wrote."""

from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel

from cnnvis.schema.errors import ModelError

COMPILED_PREFIX = "_orig_mod"


def is_compiled(module: nn.Module) -> bool:
    """Whether ``torch.compile`` stands between a call of this module and its forward."""
    # The class lives in torch._dynamo, whose import takes seconds: known by its name instead.
    return type(module).__name__ == "OptimizedModule" or getattr(module, "_compiled_call_impl", None) is not None


def has_compiled(model: nn.Module) -> bool:
    """Whether this module or one inside it is compiled."""
    return any(is_compiled(module) for module in model.modules())


def unwrap(model: object) -> nn.Module:
    """Return the eager module inside ``torch.compile``, ``DataParallel`` and ``DistributedDataParallel``.

    Raises:
        ModelError: When what came is not an ``nn.Module``.

    """
    if not isinstance(model, nn.Module):
        raise ModelError(
            f"The model must be a torch.nn.Module, but a value of type {type(model).__name__} came.",
            "Pass the module itself, not its class, its state dict or a function that builds it.",
        )
    inner = model
    while True:
        if isinstance(inner, DataParallel | DistributedDataParallel):
            inner = inner.module
        elif type(inner).__name__ == "OptimizedModule":
            inner = inner.get_submodule(COMPILED_PREFIX)
        else:
            return inner


def module_paths(model: nn.Module) -> dict[nn.Module, str]:
    """Return each module's path as the user knows it: wrappers inside the model leave no trace in it."""
    return {
        module: ".".join(part for part in path.split(".") if part != COMPILED_PREFIX)
        for path, module in model.named_modules()
    }
