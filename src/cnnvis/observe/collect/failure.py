"""Say in which module a forward pass broke."""

from torch import nn

from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import ModelError

FORWARD_ERRORS = (
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
)
"""What a user's forward may raise; an interrupt is none of these."""


def failed_forward(error: Exception, model: nn.Module, batch: int, inputs: ModelInput) -> ModelError:
    """Return the error of a forward pass as a sentence that names the module and the batch."""
    paths = {id(module): path for path, module in model.named_modules()}
    place = ""
    step = error.__traceback__
    while step is not None:
        module = step.tb_frame.f_locals.get("self")
        if isinstance(module, nn.Module):
            place = paths.get(id(module), place)
        step = step.tb_next
    where = f"in module {place}" if place else "in the model's own forward"
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    remedy = "Check that the data has the shape the model was built for."
    if "out of memory" in reason.lower():
        remedy = "Use smaller batches (--batch-size)."
    return ModelError(f"The model failed on batch {batch} with input {inputs}, {where}: {reason}.", remedy)
