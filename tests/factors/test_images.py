"""The images: the factors are what the classes say, everything else is at random, and the seed decides it."""

import numpy as np
import pytest

from tests.factors.images import COLOURS, COMBINATIONS, DARK, FACTORS, class_names, factor_images


def test_same_seed_same_images_and_another_seed_others() -> None:
    one, two, other = (factor_images(1, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.pixels, two.pixels)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert (one.pixels != other.pixels).mean() > 0.5


def test_every_combination_is_a_class_of_its_own_and_as_frequent() -> None:
    assert len(set(COMBINATIONS)) == len(set(class_names())) == 48
    np.testing.assert_array_equal(np.bincount(factor_images(2, seed=0).labels), np.full(48, 2))
    assert [max(values) + 1 for values in zip(*COMBINATIONS, strict=True)] == [
        len(values) for values in FACTORS.values()
    ]


def test_inputs_are_the_pixels_from_minus_one_to_one() -> None:
    images = factor_images(1, seed=0)
    assert images.inputs.shape == (48, 3, 32, 32)
    assert images.inputs.dtype == np.float32
    np.testing.assert_allclose(images.inputs[5, 1, 7, 9], images.pixels[5, 7, 9, 1] / 127.5 - 1, rtol=1e-6)


@pytest.mark.parametrize("colour", range(4))
def test_the_middle_of_a_plain_shape_has_its_colour(colour: int) -> None:
    images = factor_images(3, seed=1)
    ink = np.array(list(COLOURS.values())[colour]) / max(list(COLOURS.values())[colour])
    for number, (_, other, texture) in enumerate(COMBINATIONS):
        if other != colour or texture != 0:
            continue
        for image in images.pixels[images.labels == number]:
            middle = image[12:20, 12:20].reshape(-1, 3).mean(axis=0)
            found = middle / middle.max()
            nearest = min(COLOURS.values(), key=lambda value: float(np.abs(np.array(value) / max(value) - found).sum()))
            assert np.allclose(np.array(nearest) / max(nearest), ink)


def test_textures_differ_along_the_axes_as_they_say() -> None:
    """Down a column stripes do not change, checks do; along a row both do; plain does neither."""
    images = factor_images(4, seed=2)
    for number, (shape, colour, texture) in enumerate(COMBINATIONS):
        if shape != 1:
            continue
        for image in images.pixels[images.labels == number].astype(float):
            brightest = int(np.argmax(list(COLOURS.values())[colour]))
            middle = image[12:20, 12:20, brightest]
            large = (1 - DARK) * middle.max() / 2
            down, along = (np.ptp(middle.mean(axis=axis)) if texture == 1 else middle.std() for axis in (1, 0))
            if texture == 0:
                assert middle.std() < large / 2
            elif texture == 1:
                assert down < large < along
            else:
                assert down > large / 2
