"""Real event files: what torch and Keras write is read, in the order and with the meaning that TensorBoard gives it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnvis.schema.errors import RunError
from cnnvis.store.tensorboard import Histogram, find_logs, moments, read_log, share_below_zero, share_of_zeros

LOGS = Path(__file__).parent / "logs"


def test_every_folder_with_event_files_is_a_log(tmp_path: Path) -> None:
    found = find_logs(LOGS)
    assert {name: len(files) for name, files in found.items()} == {"keras/train": 1, "keras/validation": 1, "plain": 2}
    assert list(find_logs(LOGS / "plain")) == [""]
    assert list(find_logs(found["plain"][0]).values()) == [[found["plain"][0]]]
    with pytest.raises(RunError, match="There is nothing at"):
        find_logs(tmp_path / "ghost")
    with pytest.raises(RunError, match="no event file"):
        find_logs(tmp_path)


def test_a_training_that_was_taken_up_again_replaces_what_came_after() -> None:
    told: list[int] = []
    log = read_log("plain", find_logs(LOGS)["plain"], tell=told.append)
    loss = log.tracks["Loss/train"]
    assert loss.steps == [0, 1, 2, 3, 4]
    assert loss.values == pytest.approx([1.0, 0.5, 11.0, 12.0, 13.0])
    assert loss.times == [1000, 1001, 2002, 2003, 2004]
    assert log.tracks["lr"].steps == [0, 1, 2, 3]
    assert log.tracks["val_acc"].values == [0.5]
    assert log.left_out == {"note/text_summary": "text"}
    assert sum(told) == sum(path.stat().st_size for path in find_logs(LOGS)["plain"])


def test_histograms_say_what_the_values_say() -> None:
    log = read_log("plain", find_logs(LOGS)["plain"])
    with np.load(LOGS / "plain.npz") as kept:
        weights, activations = kept["weights"].astype(np.float64), kept["activations"].astype(np.float64)
    found = log.tracks["conv1.weight"].values[0]
    assert isinstance(found, Histogram)
    count, mean, squares = moments(found)
    assert (count, mean, squares) == (
        24,
        pytest.approx(weights.mean(), rel=1e-5),
        pytest.approx((weights**2).sum(), rel=1e-5),
    )
    assert (found.minimum, found.maximum) == (pytest.approx(weights.min()), pytest.approx(weights.max()))
    assert share_below_zero(found) == pytest.approx((weights < 0).mean())
    after = log.tracks["activations/conv1"].values[0]
    assert isinstance(after, Histogram)
    assert share_of_zeros(after) == pytest.approx((activations == 0).mean())


def test_tensors_of_keras_are_scalars_and_histograms() -> None:
    log = read_log("keras/train", find_logs(LOGS)["keras/train"])
    assert log.tracks["epoch_loss"].values == pytest.approx([1.0, 0.5, 1 / 3])
    kernel = log.tracks["conv/kernel_0"].values[2]
    assert isinstance(kernel, Histogram)
    assert kernel.counts.tolist() == [3, 5, 0]
    assert (kernel.minimum, kernel.maximum) == (-1, 1)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    shutil.copytree(LOGS / "plain", tmp_path / "plain")
    file = find_logs(tmp_path)["plain"][1]
    data = bytearray(file.read_bytes())
    data[-20:-4] = b"\xff" * 16
    file.write_bytes(data)
    with pytest.raises(RunError, match="is damaged"):
        read_log("plain", [file])


def test_the_package_itself_reads_the_same() -> None:
    """TensorBoard as the oracle, where it happens to be installed."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    files = find_logs(LOGS)["plain"]
    theirs = accumulator.EventAccumulator(str(files[0]), size_guidance={"histograms": 0, "scalars": 0})
    theirs.Reload()
    mine = read_log("plain", files[:1])
    for tag in theirs.Tags()["scalars"]:
        assert mine.tracks[tag].steps == [event.step for event in theirs.Scalars(tag)]
        assert mine.tracks[tag].values == pytest.approx([event.value for event in theirs.Scalars(tag)])
    for tag in theirs.Tags()["histograms"]:
        for event, found in zip(theirs.Histograms(tag), mine.tracks[tag].values, strict=True):
            assert isinstance(found, Histogram)
            their = event.histogram_value
            assert moments(found) == pytest.approx((their.num, their.sum / their.num, their.sum_squares))
            np.testing.assert_array_equal(found.counts, their.bucket)
