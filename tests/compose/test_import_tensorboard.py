"""Logs become runs that open, are judged and drawn like recorded ones, without picture and snapshot."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.findings import find
from cnnvis.compose.import_tensorboard import import_tensorboard
from cnnvis.compose.studio import Studio
from cnnvis.compose.training import Training
from cnnvis.schema.errors import RunError
from cnnvis.store.reader import read_run

LOGS = Path(__file__).parents[1] / "store" / "tensorboard" / "logs"


def test_several_logs_become_several_runs_and_one_stands_alone(tmp_path: Path) -> None:
    found = import_tensorboard(LOGS, tmp_path / "runs", progress=False)
    assert [(one.name, one.path, one.scalars, one.layers, one.steps) for one in found] == [
        ("keras", tmp_path / "runs" / "keras", 2, 1, (0, 2)),
        ("plain", tmp_path / "runs" / "plain", 3, 1, (0, 4)),
    ]
    assert found[1].notes == (
        "1 histograms are of no layer that their tags name: something.",
        "Tags that are no numbers were left out: 1 of text.",
    )
    (one,) = import_tensorboard(LOGS, tmp_path / "one", only="plain", progress=False)
    assert one.path == tmp_path / "one"
    with pytest.raises(RunError, match="There is no log 'ghost' in .*There are: keras, plain"):
        import_tensorboard(LOGS, tmp_path / "ghost", only="ghost", progress=False)
    with pytest.raises(RunError, match="There is a run at"):
        import_tensorboard(LOGS, tmp_path / "one", only="plain", progress=False)
    import_tensorboard(LOGS, tmp_path / "one", only="keras", overwrite=True, progress=False)
    assert {path.name for path in tmp_path.iterdir()} == {"runs", "one"}


def test_an_imported_run_opens_as_curves_alone(tmp_path: Path) -> None:
    import_tensorboard(LOGS, tmp_path / "run", only="plain", progress=False)
    run = read_run(tmp_path / "run")
    assert (run.has_snapshot, run.steps, run.accuracy, run.recorded) == (False, (), None, True)
    scene = Studio(run, identity="run").scene
    assert (scene.groups, scene.layers, scene.classes) == ((), (), ())
    assert scene.run.recorded
    assert Studio(run, identity="run").entry().detail == "TensorBoard log plain · curves only"
    with pytest.raises(RunError):
        read_run(tmp_path / "run", step=0)


def test_scalars_and_histograms_are_where_the_recorder_puts_them(tmp_path: Path) -> None:
    import_tensorboard(LOGS, tmp_path / "run", only="plain", progress=False)
    training = Training(tmp_path / "run")
    scene = training.scene()
    assert (scene.origin, scene.complete, scene.snapshots) == ("tensorboard", True, ())
    assert [(plot.title, [curve.label for curve in plot.curves]) for plot in scene.plots] == [
        ("loss", ["train"]),
        ("accuracy", ["validation"]),
        ("learning rate", ["rate"]),
    ]
    assert [layer.id for layer in scene.layers] == ["conv1"]
    with np.load(LOGS / "plain.npz") as kept:
        weights, activations = kept["weights"].astype(np.float64), kept["activations"].astype(np.float64)
    rows = {values.row: values for values in training.at(0).layers}
    expected = {
        "activation-mean": activations.mean(),
        "activation-spread": activations.std(),
        "zeros": (activations == 0).mean(),
        "gradient": 1e-3,
        "weights": np.linalg.norm(weights),
        "negative": (weights < 0).mean(),
    }
    assert {name: values.values[0] for name, values in rows.items()} == pytest.approx(expected, rel=1e-4)
    series = read_run(tmp_path / "run").series
    series.update()
    assert series.lists["bias/mean"].values.tolist() == [[0.25], [0.25]]
    assert find(read_run(tmp_path / "run")).complete


def test_keras_train_and_validation_share_their_plots(tmp_path: Path) -> None:
    import_tensorboard(LOGS / "keras", tmp_path / "run", progress=False)
    (loss,) = Training(tmp_path / "run").scene().plots
    assert [(curve.name, curve.label) for curve in loss.curves] == [
        ("loss", "train"),
        ("metric/validation/epoch_loss", "validation"),
    ]


def test_a_log_without_anything_to_draw_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    file = next((LOGS / "plain").glob("*2000*"))
    (tmp_path / "logs" / file.name).write_bytes(file.read_bytes()[:40])
    with pytest.raises(RunError, match="neither scalars nor histograms"):
        import_tensorboard(tmp_path / "logs", tmp_path / "run", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]
