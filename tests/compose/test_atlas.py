"""Sprites never overlap, stay inside, keep their aspect, and the same patches give the same bytes."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.atlas import CELL, plan_atlas, render_atlas
from cnnvis.compose.patches import Patch, PatchFinder
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


class SizesOnly(PatchFinder):
    """A finder that knows only how large patches are."""

    def __init__(self) -> None:
        """Need no run."""

    def pixel_size(self, patch: Patch) -> tuple[int, int]:
        return int(patch.box[2]), int(patch.box[3])


sizes = st.one_of(st.none(), st.tuples(st.integers(1, 300), st.integers(1, 300)))


@given(st.lists(sizes, max_size=60))
def test_sprites_lie_apart_and_inside(given_sizes: list[tuple[int, int] | None]) -> None:
    patches = tuple(
        None if size is None else Patch(0, (0.0, 0.0, float(size[0]), float(size[1])), (0.0, 0.0, 0.0, 0.0))
        for size in given_sizes
    )
    atlas = plan_atlas(SizesOnly(), patches)
    taken: set[tuple[int, int]] = set()
    for size, sprite in zip(given_sizes, atlas.sprites, strict=True):
        assert (size is None) == (sprite is None)
        if size is None or sprite is None:
            continue
        x, y, width, height = sprite
        assert x + width <= atlas.size[0]
        assert y + height <= atlas.size[1]
        assert max(width, height) == min(max(size), CELL)
        assert abs(width * size[1] - height * size[0]) <= max(size)
        pixels = {(x + column, y + row) for column in range(width) for row in range(height)}
        assert not pixels & taken
        taken |= pixels


def test_an_atlas_is_deterministic(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    finder = PatchFinder(run, "relu")
    statistics = run.statistics.unit("relu")
    patches = tuple(next((one for _, one in finder.stored(statistics, neuron)), None) for neuron in range(5))
    first, second = plan_atlas(finder, patches), plan_atlas(finder, patches)
    assert first == second
    assert render_atlas(first, finder) == render_atlas(second, finder)


def test_a_layer_without_patches_has_an_empty_atlas(tmp_path: Path) -> None:
    finder = PatchFinder(read_run(write_run(tmp_path / "run")), "relu")
    atlas = plan_atlas(finder, (None, None))
    assert (atlas.sprites, atlas.size) == ((None, None), (0, 0))
    assert render_atlas(atlas, finder).startswith(b"\x89PNG")
