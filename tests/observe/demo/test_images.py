"""The demo's pictures."""

import numpy as np
import torch

from cnnvis.observe.demo import demo_images, demo_inputs


def test_digits_are_pictures_with_labels_and_names() -> None:
    images = demo_images()
    assert images.pixels.shape == (1797, 32, 32, 1)
    assert images.pixels.dtype == np.uint8
    assert images.names == tuple("0123456789")
    np.testing.assert_array_equal(np.unique(images.labels), np.arange(10))


def test_enlarging_keeps_each_picture_in_place() -> None:
    """Averaged back over 4 x 4 pixels, a picture is close to the 8 x 8 one it came from."""
    from sklearn.datasets import load_digits

    rows, _ = load_digits(return_X_y=True)
    small = demo_images().pixels[..., 0].reshape(-1, 8, 4, 8, 4).mean(axis=(2, 4))
    assert np.abs(small - rows.reshape(-1, 8, 8) * 255 / 16).mean() < 20


def test_every_fourth_of_each_digit_is_held_out() -> None:
    images = demo_images()
    held, all_of = np.bincount(images.labels[images.held_out]), np.bincount(images.labels)
    assert (np.abs(held - all_of / 4) < 1).all()
    assert not set(images.held_out) & set(images.trained)
    assert len(images.held_out) + len(images.trained) == 1797


def test_inputs_run_from_minus_one_to_one() -> None:
    inputs = demo_inputs(np.array([0, 255], dtype=np.uint8).reshape(1, 1, 2, 1))
    torch.testing.assert_close(inputs, torch.tensor([[[[-1.0, 1.0]]]]))
