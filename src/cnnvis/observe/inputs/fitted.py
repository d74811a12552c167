"""How the inputs that the data give become the arguments of a model: by position, by name, or as one tuple or dict."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, final

import numpy as np
from jaxtyping import Int
from torch import nn

from cnnvis.observe.inputs.example import Example, GivesExample
from cnnvis.observe.inputs.source import Batch, ImageSource, Picture
from cnnvis.observe.model_input import ModelInput
from cnnvis.observe.trace.trace import own_inputs, undisturbed
from cnnvis.observe.trace.unwrap import unwrap
from cnnvis.schema.errors import DataError, ModelError

Form = Literal["as given", "by name", "image first", "image alone", "as one"]


@dataclass(frozen=True)
class Calling:
    """One way to call a model with what the data give."""

    form: Form
    names: tuple[str, ...] = ()
    """Names of the inputs that the model takes by name."""

    def apply(self, inputs: ModelInput) -> ModelInput:
        """Return the arguments as the model takes them."""
        place = inputs.path[0]
        if self.form == "image alone":
            return ModelInput((inputs.image,))
        if self.form == "by name":
            given = inputs.kwargs or {self.names[0]: inputs.image}
            path = (place if isinstance(place, str) else self.names[0],)
            return ModelInput((), {name: given[name] for name in self.names}, path)
        if self.form == "image first":
            return ModelInput((inputs.image,), {name: inputs.kwargs[name] for name in self.names})
        if self.form == "as one":
            return ModelInput((dict(inputs.kwargs) if inputs.kwargs else inputs.args,), path=(0, place))
        return inputs

    def __str__(self) -> str:
        """Return what the model gets, as part of a description."""
        return {
            "as given": "several inputs by position",
            "by name": f"{' and '.join(self.names)} by name",
            "image first": f"the image, and {' and '.join(self.names)} by name",
            "image alone": "the image alone",
            "as one": "all inputs as one argument",
        }[self.form]


def fit_source(source: ImageSource, model: nn.Module, *, image: str | None = None) -> tuple[ImageSource, Batch]:
    """Return the data in the form in which the model takes them, and their first batch.

    An image alone is simply handed over. Of several inputs those that the signature of the model's forward names are
    given by name or by position; where that leaves a choice, one image is tried.

    Args:
        source: The data.
        model: The network.
        image: Parameter of the model's forward that takes the image, or the image's key in the data.

    Raises:
        DataError: There is no image that can be read.
        ModelError: The model has no such parameter.

    """
    first = _first_batch(source)
    calling = find_calling(unwrap(model), first.inputs, image)
    if calling.form == "as given" and first.inputs.alone:
        return source, first
    return FittedSource(source, calling), replace(first, inputs=calling.apply(first.inputs))


def _first_batch(source: ImageSource) -> Batch:
    for batch in source.batches():
        if len(batch.samples):
            return batch
    reasons = f" {len(source.skipped)} could not be read, first: {source.skipped[0]}." if source.skipped else ""
    message = f"{source.name} holds no image that can be read.{reasons}"
    raise DataError(message, "Check --data and its format.")


def find_calling(model: nn.Module, inputs: ModelInput, image: str | None = None) -> Calling:
    """Return how to call a model with inputs like these; arguments and errors as for `fit_source`."""
    signature = inspect.signature(model.forward)
    if image is not None and image not in inputs.kwargs and (inputs.alone or inputs.kwargs):
        _require_parameter(signature, image)
    if inputs.alone and not inputs.kwargs:
        return Calling("as given") if image is None else Calling("by name", (image,))
    ways = list(_ways(signature, inputs))
    one = own_inputs(model, inputs.take(slice(0, 1)))
    working = (way for way in ways if len(ways) > 1 and _runs(model, way.apply(one)))
    return next(working, ways[0])


def _ways(signature: inspect.Signature, inputs: ModelInput) -> Iterator[Calling]:
    """Yield the ways in which a model can be called by its signature, the likeliest first."""
    if inputs.kwargs:
        image = str(inputs.path[0])
        names = tuple(name for name in inputs.kwargs if _takes(signature, name))
        others = tuple(name for name in names if name != image)
        if image in names and _binds(signature, ModelInput((), {name: inputs.kwargs[name] for name in names})):
            yield Calling("by name", names)
        if others and _binds(signature, ModelInput((inputs.image,), {name: inputs.kwargs[name] for name in others})):
            yield Calling("image first", others)
        yield Calling("image alone")
        yield Calling("as one")
        return
    if _binds(signature, inputs):
        yield Calling("as given")
    yield Calling("as one")
    yield Calling("image alone")


def _require_parameter(signature: inspect.Signature, name: str) -> None:
    if not _takes(signature, name):
        message = f"The model's forward has no parameter {name!r}; it takes {', '.join(signature.parameters)}."
        raise ModelError(message, "Give one of these to --input-name (input_name= in Python).")


def _takes(signature: inspect.Signature, name: str) -> bool:
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = signature.parameters
    if name in parameters:
        return parameters[name].kind in by_name
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())


def _binds(signature: inspect.Signature, inputs: ModelInput) -> bool:
    try:
        signature.bind(*inputs.args, **inputs.kwargs)
    except TypeError:
        return False
    return True


def _runs(model: nn.Module, inputs: ModelInput) -> bool:
    with undisturbed(model):
        try:
            inputs.cloned().call(model)
        except Exception:  # noqa: BLE001 - the user's own code may raise anything on inputs it was not written for
            return False
    return True


@final
class FittedSource:
    """Data whose batches come in the form in which one model takes them."""

    def __init__(self, source: ImageSource, calling: Calling) -> None:
        self._source = source
        self._calling = calling
        self.name = source.name
        self.total = source.total
        self.samples = source.samples
        self.class_names = source.class_names
        self.preprocessing = f"{source.preprocessing}; the model gets {calling}"
        self.skipped = source.skipped
        self.warnings = source.warnings
        self.rereadable = source.rereadable

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches as the source does."""
        return map(self._fitted, self._source.batches(start))

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield the images of these sample ids as the source does."""
        return map(self._fitted, self._source.select(samples))

    def picture(self, sample: int) -> Picture:
        """Return the image of this sample id as a person should see it."""
        return self._source.picture(sample)

    def example(self) -> Example:
        """Return an image of the source, with the form in which the model takes a batch.

        Raises:
            DataError: The source cannot show one, or the model takes more than an image.

        """
        if not isinstance(self._source, GivesExample):
            raise DataError("This data cannot show one of its images again.", "Use data that can be read by index.")
        if self._calling.form in ("as given", "image first") or len(self._calling.names) > 1:
            message = f"The model gets {self._calling}, and a dropped image comes alone."
            raise DataError(message, "Only probe images can be looked at here.")
        return replace(self._source.example(), fit=self._fitted)

    def _fitted(self, batch: Batch) -> Batch:
        return replace(batch, inputs=self._calling.apply(batch.inputs))
