"""Pictures come back as they were, small ones to the bit, and boxes stay in place when one is shrunk."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnvis.store.pictures import JPEG, LONGEST_SIDE, PNG, RAW, PictureReader, StoredPicture, write_pictures

BUDGET = 10**8


def picture(sample: int, height: int, width: int, channels: int = 3) -> StoredPicture:
    rows, columns = np.mgrid[0:height, 0:width]
    smooth = (rows * 255 // max(height - 1, 1) + columns) % 256
    pixels = np.repeat(smooth[:, :, None], channels, axis=2).astype(np.uint8)
    return StoredPicture(
        sample=sample, pixels=pixels, left=3.0, top=1.0, scale_x=2.0, scale_y=0.5, label=4, predicted=2
    )


@given(
    sizes=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3])), min_size=1, max_size=8)
)
def test_small_pictures_come_back_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("images")
    written = [picture(100 - place, *size) for place, size in enumerate(sizes)]
    assert write_pictures(folder, written, budget=BUDGET) == len(sizes)
    reader = PictureReader(folder)
    assert reader.samples == sorted(each.sample for each in written)
    for each in written:
        np.testing.assert_array_equal(reader.pixels(each.sample), each.pixels)
        facts = reader.facts(each.sample)
        assert (facts.left, facts.top, facts.scale_x, facts.scale_y) == (3.0, 1.0, 2.0, 0.5)
        assert (facts.label, facts.predicted, facts.encoding) == (4, 2, RAW)


@pytest.mark.parametrize(("side", "encoding"), [(64, RAW), (128, PNG), (300, JPEG)])
def test_a_file_of_every_encoding_is_an_image(tmp_path: Path, side: int, encoding: int) -> None:
    write_pictures(tmp_path, [picture(1, side, side)], budget=BUDGET)
    reader = PictureReader(tmp_path)
    assert reader.facts(1).encoding == encoding
    data, media_type = reader.file(1)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (side, side)
        assert media_type == Image.MIME[str(image.format)]
        difference = np.asarray(image).astype(int) - picture(1, side, side).pixels
    assert np.abs(difference).mean() < (6 if encoding == JPEG else 1e-9)


def test_a_large_picture_is_shrunk_with_its_boxes(tmp_path: Path) -> None:
    write_pictures(tmp_path, [picture(1, 512, 2048)], budget=BUDGET)
    facts = PictureReader(tmp_path).facts(1)
    assert (facts.width, facts.height) == (LONGEST_SIDE, 128)
    assert (facts.left, facts.top, facts.scale_x, facts.scale_y) == (0.75, 0.25, 0.5, 0.125)


def test_the_first_pictures_win_when_the_budget_is_short(tmp_path: Path) -> None:
    count = write_pictures(tmp_path, [picture(sample, 10, 10) for sample in (8, 3, 5)], budget=700)
    assert count == 2
    reader = PictureReader(tmp_path)
    assert reader.samples == [3, 8]
    assert 5 not in reader
    assert len(reader) == 2


def test_no_pictures_at_all(tmp_path: Path) -> None:
    assert write_pictures(tmp_path, [], budget=BUDGET) == 0
    assert PictureReader(tmp_path).samples == []
