"""A torn copy of a run is noticed when it is opened, whichever file is torn."""

import shutil
from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run
from cnnvis.store.whole import require_length
from tests.making.folder import write_run


def data_files(run: Path) -> list[Path]:
    return sorted(
        path
        for path in run.rglob("*")
        if path.suffix in (".safetensors", ".bin", ".json") and "derived" not in path.parts
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo run, which has everything that a run can have."""
    return Path(shutil.copytree(demo_run(), tmp_path_factory.mktemp("runs") / "demo"))


NAMES = [path.relative_to(demo_run()).as_posix() for path in data_files(demo_run())]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_every_truncated_file_is_noticed_at_once(finished: Path, name: str, share: float) -> None:
    path = finished / name
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(RunError, match=path.name) as caught:
            read_run(finished)
        assert caught.value.remedy
    finally:
        path.write_bytes(whole)
    read_run(finished)


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).name in (
    "statistics.safetensors", "probe.safetensors", "index.safetensors", "pixels.bin", "graph.json"
)])  # fmt: skip
def test_what_every_run_has_is_missed(finished: Path, name: str) -> None:
    path = finished / name
    whole = path.read_bytes()
    try:
        path.unlink()
        with pytest.raises(RunError, match=path.name):
            read_run(finished)
    finally:
        path.write_bytes(whole)


def test_every_kind_of_file_is_tried() -> None:
    names = {Path(name).name for name in NAMES}
    assert {"contributions.safetensors", "connections.safetensors", "contribution-connections.safetensors",
            "maps.safetensors", "statistics.safetensors", "probe.safetensors", "index.safetensors", "pixels.bin",
            "run.json", "graph.json", "snapshot.json"} <= names  # fmt: skip


def test_bytes_behind_the_end_are_damage_too(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    with (run / "images" / "pixels.bin").open("ab") as file:
        file.write(b"more")
    with pytest.raises(RunError, match=r"pixels\.bin is damaged: it has .* bytes, not .*Copy the run folder anew"):
        read_run(run)


def test_lengths(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    require_length(tmp_path / "a", 3)
    with pytest.raises(RunError, match="a is truncated: it has 3 bytes, not 4"):
        require_length(tmp_path / "a", 4)
    with pytest.raises(RunError, match="b is missing"):
        require_length(tmp_path / "b", 0)
