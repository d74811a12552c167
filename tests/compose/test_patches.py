"""Patches lie where the receptive field says, clipped to the image, mapped into the stored picture."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.patches import Patch, PatchFinder
from cnnvis.store.pictures import StoredPicture
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import RunWriter
from tests import making


def run_with_pictures(path: Path, picture: StoredPicture) -> Run:
    writer = RunWriter(path)
    writer.write_model(making.run_file(), making.graph())
    writer.write_pictures([picture])
    writer.write_snapshot(making.snapshot_facts(), making.statistics())
    return read_run(writer.finish())


def stored(sample: int, *, scale: float, left: float = 0.0) -> StoredPicture:
    size = int(8 * scale) + 4
    pixels = np.arange(size * size * 3, dtype=np.uint64).reshape(size, size, 3).astype(np.uint8)
    return StoredPicture(sample=sample, pixels=pixels, left=left, top=2.0, scale_x=scale, scale_y=scale)


def test_a_patch_is_scaled_into_the_stored_picture(tmp_path: Path) -> None:
    finder = PatchFinder(run_with_pictures(tmp_path / "run", stored(3, scale=2.0, left=1.0)), "relu")
    patch = finder.patch(3, y=4, x=2)
    assert patch.box == (1 + 2 * 1, 2 + 2 * 3, 1 + 2 * 4, 2 + 2 * 6)
    assert patch.field == patch.box
    assert finder.pixel_size(patch) == (6, 6)
    assert finder.pixels(patch).shape == (6, 6, 3)


def test_a_patch_over_the_edge_is_clipped_but_keeps_its_true_field(tmp_path: Path) -> None:
    finder = PatchFinder(run_with_pictures(tmp_path / "run", stored(3, scale=1.0)), "relu")
    patch = finder.patch(3, y=0, x=7)
    assert patch.field == (6, 1, 9, 4)
    assert patch.box == (6, 2, 8, 4)


def test_a_layer_without_positions_shows_the_whole_input(tmp_path: Path) -> None:
    finder = PatchFinder(run_with_pictures(tmp_path / "run", stored(3, scale=1.0)), "fc")
    assert finder.patch(3, y=0, x=0).box == (0, 2, 8, 10)


def test_patches_are_those_whose_images_were_kept_best_first(tmp_path: Path) -> None:
    statistics = making.statistics().units["relu"]
    kept = int(statistics.top_sample[0, 1])
    run = run_with_pictures(tmp_path / "run", stored(kept, scale=1.0))
    finder = PatchFinder(run, "relu")
    ((place, patch),) = finder.stored(run.statistics.unit("relu"), 0)
    assert (place, patch.sample) == (1, kept)
    assert patch == finder.patch(kept, int(statistics.top_y[0, 1]), int(statistics.top_x[0, 1]))
    assert finder.stored(run.statistics.unit("relu"), 4) == [], "it never fires"
    with pytest.raises(KeyError):
        finder.patch(99, 0, 0)


@given(
    box=st.tuples(*[st.floats(-50, 50)] * 4),
    height=st.integers(1, 30),
    width=st.integers(1, 30),
)
def test_pixel_boxes_are_inside_and_never_empty(
    box: tuple[float, float, float, float], height: int, width: int
) -> None:
    left, top, right, bottom = Patch(0, box, box).pixel_box(height, width)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
