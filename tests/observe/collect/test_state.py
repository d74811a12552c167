"""The state on disk survives torn writes and refuses what it does not know."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from cnnvis.observe.collect.state import Fingerprint, PassState, StateFile, clear_state, load_state, save_state
from cnnvis.observe.inputs.source import Picture
from cnnvis.schema.errors import RunError
from tests.observe.collect.test_summary import flat, summary

MARK = Fingerprint(model="m", data="d", options="o")


def state(batches: int) -> PassState:
    picture = Picture(pixels=np.full((2, 3, 1), 7, np.uint8), left=1.5, scale_x=2.0)
    return PassState(
        batches=batches,
        images=9,
        outputs=4,
        seconds=1.5,
        last_batch="x",
        skipped=("one",),
        sums=summary(batches, left_out=batches == 5),
        outcomes={4: (1, 2), 9: (-1, 0)},
        pictures={4: picture},
    )


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    save_state(tmp_path, state(3), MARK)
    save_state(tmp_path, state(5), MARK)
    found = load_state(tmp_path, MARK)
    assert found is not None
    assert (found.batches, found.images, found.outputs, found.seconds, found.skipped) == (5, 9, 4, 1.5, ("one",))
    assert found.outcomes == {4: (1, 2), 9: (-1, 0)}
    assert found.pictures[4].pixels.shape == (2, 3, 1)
    assert (found.pictures[4].left, found.pictures[4].scale_x) == (1.5, 2.0)
    assert found.sums is not None
    expected = flat(summary(5, left_out=True))
    for name, array in flat(found.sums).items():
        np.testing.assert_array_equal(array, expected[name])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "pictures-5.safetensors",
        "state.json",
        "sums-5.safetensors",
    ]


def test_nothing_there_is_no_state(tmp_path: Path) -> None:
    assert load_state(tmp_path, MARK) is None
    save_state(tmp_path, state(3), MARK)
    clear_state(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_version_and_damage_are_refused(tmp_path: Path) -> None:
    save_state(tmp_path, state(3), MARK)
    page = msgspec.json.decode((tmp_path / "state.json").read_bytes(), type=StateFile)
    (tmp_path / "state.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(page, version=99)))
    with pytest.raises(RunError, match="has version 99"):
        load_state(tmp_path, MARK)
    (tmp_path / "state.json").write_text('{"version": 1, "tree": []}')
    with pytest.raises(RunError, match="has version 1, this cnnvis writes 3. Start again without --resume"):
        load_state(tmp_path, MARK)
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(RunError, match="truncated or damaged"):
        load_state(tmp_path, MARK)


def test_a_torn_write_leaves_the_earlier_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_state(tmp_path, state(3), MARK)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(RunError, match="disk is full"):
            save_state(tmp_path, state(5), MARK)
    found = load_state(tmp_path, MARK)
    assert found is not None
    assert found.batches == 3
