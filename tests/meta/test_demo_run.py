"""The run in the wheel opens at once: it is whole, small, and its pictures are those of today's analyses."""

from cnnvis.compose.cache import DerivedCache
from cnnvis.compose.studio import Studio
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run

MOST_BYTES = 2_000_000


def test_it_is_whole_and_good() -> None:
    run = read_run(demo_run())
    assert run.snapshot.complete
    assert run.accuracy is not None
    assert run.accuracy >= 0.97


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in demo_run().rglob("*") if path.is_file()) < MOST_BYTES


def test_its_pictures_are_todays() -> None:
    """`make demo-run` makes them anew."""
    run = read_run(demo_run())
    assert [folder.name for folder in (run.path / "derived").iterdir()] == [DerivedCache(run).version]


def test_composing_it_again_gives_the_same_bytes() -> None:
    kept = Studio(read_run(demo_run()), identity=demo_run().name)
    fresh = Studio(read_run(demo_run()), identity=demo_run().name)
    fresh._cache.get = lambda _name, make: make()  # type: ignore[method-assign]
    assert fresh.scene_bytes() == kept.scene_bytes()
    for unit in kept.columns():
        assert fresh.layer_bytes(unit) == kept.layer_bytes(unit)
        assert fresh.atlas_bytes(unit) == kept.atlas_bytes(unit)
