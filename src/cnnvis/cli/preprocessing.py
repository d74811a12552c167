"""The preprocessing options of the command line as one value."""

from argparse import Namespace
from dataclasses import replace
from typing import cast

from cnnvis.observe.inputs import PRESETS, Preprocess, from_function
from cnnvis.schema.errors import DataError

_FIELDS = ("resize", "crop", "scale", "mean", "std", "colour")


def preprocessing(options: Namespace) -> Preprocess:
    """Return the preset with the single options changed, or the user's own function.

    Raises:
        DataError: When options contradict each other or the function does not exist.

    """
    given: dict[str, object] = {name: value for name in _FIELDS if (value := getattr(options, name)) is not None}
    shown = cast("tuple[int, ...] | None", options.show_channels)
    if options.preprocess is None:
        base = PRESETS[cast("str", options.preset)]
        given = {**_from_shape(cast("tuple[int, int, int] | None", options.input_shape), base, given), **given}
        return replace(base, shown=shown, **given)
    if given or options.preset != "none":
        names = ", ".join(f"--{name}" for name in given) or f"--preset {options.preset}"
        message = f"--preprocess {options.preprocess} does everything to an image itself, but {names} came too."
        raise DataError(message, "Give either your own function or the single options.")
    return from_function(cast("str", options.preprocess), shown)


def _from_shape(shape: tuple[int, int, int] | None, base: Preprocess, given: dict[str, object]) -> dict[str, object]:
    """Return what the shape of the model's input says about colour, resize and crop."""
    if shape is None:
        return {}
    channels, height, width = shape
    implied: dict[str, object] = {}
    if channels in (1, 3) and base.colour is None:
        implied["colour"] = "grey" if channels == 1 else "rgb"
    if "resize" not in given and "crop" not in given:
        square = height == width
        implied |= {"resize": height, "crop": (height, width)} if square else {"resize": (height, width), "crop": None}
    return implied
