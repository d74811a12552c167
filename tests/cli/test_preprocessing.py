"""Preprocessing options as one value."""

import pytest

from cnnvis.cli.arguments import join_signed
from cnnvis.cli.parser import build_parser
from cnnvis.cli.preprocessing import preprocessing
from cnnvis.observe.inputs import PRESETS, Preprocess
from cnnvis.schema.errors import DataError


def chosen(*words: str) -> Preprocess:
    return preprocessing(build_parser().parse_args(join_signed(["analyze", "--model", "m:f", "--data", "d", *words])))


def test_options_change_the_preset() -> None:
    assert chosen() == Preprocess()
    assert chosen("--preset", "imagenet") == PRESETS["imagenet"]
    assert chosen("--preset", "imagenet", "--crop", "200", "--std", "1").crop == 200
    assert chosen("--scale", "-1-1", "--colour", "bgr") == Preprocess(scale="-1-1", colour="bgr")
    assert chosen("--show-channels", "3,2,1").shown == (3, 2, 1)


def test_the_shape_of_the_input_fills_what_is_not_given() -> None:
    assert chosen("--input-shape", "3x32x32") == Preprocess(colour="rgb", resize=32, crop=(32, 32))
    assert chosen("--input-shape", "1x24x32") == Preprocess(colour="grey", resize=(24, 32))
    assert chosen("--input-shape", "3x32x32", "--resize", "40", "--colour", "bgr") == Preprocess(
        colour="bgr", resize=40
    )
    assert chosen("--input-shape", "13x32x32").colour is None


def test_a_users_function_stands_alone() -> None:
    assert chosen("--preprocess", "math:sqrt").describe() == "the function sqrt"
    with pytest.raises(DataError, match=r"does everything to an image itself, but --resize, --mean came too"):
        chosen("--preprocess", "math:sqrt", "--resize", "3", "--mean", "1")
    with pytest.raises(DataError, match=r"but --preset mnist came too"):
        chosen("--preprocess", "math:sqrt", "--preset", "mnist")
    with pytest.raises(DataError, match=r"--preprocess: there is no module"):
        chosen("--preprocess", "nowhere_at_all:f")
