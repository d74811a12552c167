"""A recorded training is the training that would have been: same weights, nothing thrown, nothing left behind."""

import logging
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import cnnvis
from cnnvis.observe.record.recorder import Recorder
from cnnvis.schema.errors import CnnvisError, DataError, ModelError, RunError
from cnnvis.schema.series import Series
from tests.observe.record.helpers import (
    CLASSES,
    Plain,
    Shared,
    built,
    data,
    fingerprint,
    hooks_on,
    recorded,
    recorder,
    sgd,
    train,
)
from tests.outside import ROOT

Loop = dict[str, object]


def two_optimizers(model: nn.Module) -> list[torch.optim.Optimizer]:
    parameters = list(model.parameters())
    return [torch.optim.Adam(parameters[:3], lr=0.01), torch.optim.SGD(parameters[3:], lr=0.1, weight_decay=1e-3)]


class Augmented(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """Images that are changed at random, by each of the three sources of random numbers."""

    def __len__(self) -> int:
        return 12

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int]:
        images, labels = data(12, seed=5)
        image = images[place] + 0.01 * torch.rand(()) + 0.01 * random.random()
        return image + 0.01 * float(np.random.rand()), int(labels[place])  # noqa: NPY002 - a program may use it


@pytest.mark.parametrize(
    ("kind", "optimizers", "loop"),
    [
        (Plain, sgd, {}),
        (Plain, two_optimizers, {"accumulate": 2, "clip": 0.5}),
        (Shared, sgd, {}),
        (Plain, sgd, {"amp": True}),
        (Plain, sgd, {"amp": True, "scaler": True, "clip": 0.1}),
    ],
    ids=["plain", "two-optimizers-accumulation-clipping", "shared-frozen", "autocast", "scaler"],
)
@pytest.mark.parametrize("probe", ["probe", "no-probe", "random-transform", "random-loader"])
def test_the_training_is_the_same_to_the_bit(
    kind: Callable[[], nn.Module],
    optimizers: Callable[[nn.Module], list[torch.optim.Optimizer]],
    loop: Loop,
    probe: str,
    tmp_path: Path,
) -> None:
    shuffled = torch.utils.data.DataLoader(Augmented(), batch_size=4, shuffle=True)
    probes: dict[str, Loop] = {
        "probe": {}, "no-probe": {"probe": None}, "random-transform": {"probe": Augmented()},
        "random-loader": {"probe": shuffled},
    }  # fmt: skip
    results: list[tuple[list[float], dict[str, bytes]]] = []
    for recording in (False, True):
        model = built(kind)
        chosen = optimizers(model)
        scaler = torch.amp.GradScaler("cpu", init_scale=256.0) if loop.get("scaler") else None
        options = {key: value for key, value in loop.items() if key != "scaler"} | {"scaler": scaler}
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 - a program may use it
        torch.manual_seed(7)
        if recording:
            with recorder(model, chosen, tmp_path / "run", scaler=scaler, **probes[probe]) as rec:
                losses = train(model, chosen, rec, **options)  # pyright: ignore[reportArgumentType]
            assert rec._shield.problems == []
            assert rec.cost.steps == rec.cost.measured == 8
        else:
            losses = train(model, chosen, None, **options)  # pyright: ignore[reportArgumentType]
        assert hooks_on(model, chosen) == 0
        results.append((losses, fingerprint(model)))
    assert results[0] == results[1]


@pytest.mark.parametrize("probe", ["random-transform", "random-loader"])
def test_pythons_random_numbers_are_the_same_too(probe: str, tmp_path: Path) -> None:
    """In a program of its own: what checks the types in these tests draws random numbers, too."""
    program = (
        "import sys; from pathlib import Path; from tests.observe.record import test_recorder as there;"
        "assert 'python' in there.fingerprint(there.built());"
        "there.test_the_training_is_the_same_to_the_bit(there.Plain, there.sgd, {}, sys.argv[1], Path(sys.argv[2]))"
    )
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    subprocess.run([sys.executable, "-c", program, probe, str(tmp_path)], env=environment, cwd=ROOT, check=True)


def test_the_run_opens_like_an_analysed_one(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    images, labels = data(20, seed=3)
    with recorder(model, optimizers, tmp_path / "run", probe=(images, labels), class_names=["a", "b", "c"]) as rec:
        train(model, optimizers, rec)
        rec.log({"validation/accuracy": 0.5})
        rec.snapshot()
    run, series = recorded(tmp_path / "run")
    assert run.steps == (0, 2, 8)
    assert run.file.classes == ("a", "b", "c")
    assert run.snapshot.images_seen == 20
    assert len(run.pictures.samples) == 20
    assert series.complete
    assert series.head.units == tuple(unit.id for unit in run.graph.units)
    assert series.head.weights == ("conv1.weight", "conv2.weight", "head.weight")
    assert series.run["loss"].steps.tolist() == list(range(1, 9))
    found = series.metric("validation", "accuracy")
    assert found is not None
    assert found.steps.tolist() == [8]
    model.eval()
    with torch.no_grad():
        maps = functional.relu(model.get_submodule("norm1")(model.get_submodule("conv1")(images)))
    expected = maps.mean((2, 3)).mean(0)
    np.testing.assert_allclose(run.statistics.unit(run.graph.units[0].id).mean, expected, rtol=1e-5)


def test_the_same_training_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        model = built()
        optimizers = sgd(model)
        torch.manual_seed(7)
        with recorder(model, optimizers, tmp_path / name) as rec:
            train(model, optimizers, rec)
    one, two = (recorded(tmp_path / name)[1] for name in ("one", "two"))
    assert one.run.keys() == two.run.keys()
    for name, curve in one.run.items():
        np.testing.assert_array_equal(curve.values, two.run[name].values)
    for name, curves in one.lists.items():
        np.testing.assert_array_equal(curves.values, two.lists[name].values)
    for step in (0, 2):
        file = f"snapshots/{step}/statistics.safetensors"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_without_a_probe_the_first_training_images_serve(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", probe=None) as rec:
        train(model, optimizers, rec, steps=10)
    run, _ = recorded(tmp_path / "run")
    assert run.steps == (8,)
    assert run.snapshot.images_seen == 64
    assert not run.file.data.labelled


def test_an_exception_in_the_loop_passes_and_leaves_no_hook(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with pytest.raises(ZeroDivisionError), recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=3)
        raise ZeroDivisionError
    assert hooks_on(model, optimizers) == 0
    _, series = recorded(tmp_path / "run")
    assert series.events[-1].name == "interrupted"
    assert series.events[-1].message == "ZeroDivisionError"


def test_a_forward_that_fails_in_a_measured_step_leaves_no_hook(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=1)
        with pytest.raises(RuntimeError, match="channels"):
            model(torch.zeros(2, 5, 10, 10))
        train(model, optimizers, rec, steps=1)
        assert rec._shield.problems == []
    assert hooks_on(model, optimizers) == 0


def failing_disk(rec: Recorder, _folder: Path) -> None:
    series = rec._diary._recording._series  # pyright: ignore[reportOptionalMemberAccess]
    series._file.close()  # pyright: ignore[reportOptionalMemberAccess]
    series._file = open("/dev/full", "wb", buffering=0)  # noqa: PTH123, SIM115  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]


def removed_folder(_rec: Recorder, folder: Path) -> None:
    shutil.rmtree(folder)


def broken_measuring(rec: Recorder, _folder: Path) -> None:
    rec._measurer.gathered.fetch = None  # pyright: ignore[reportAttributeAccessIssue]


def broken_snapshots(rec: Recorder, _folder: Path) -> None:
    rec._diary._snapshots._probe = None  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]


@pytest.mark.parametrize("accident", [failing_disk, removed_folder, broken_measuring, broken_snapshots])
def test_an_accident_is_one_warning_and_the_training_goes_on(
    accident: Callable[[Recorder, Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if accident is failing_disk and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    plain, model = built(), built()
    torch.manual_seed(7)
    expected = train(plain, sgd(plain), None)
    optimizers = sgd(model)
    torch.manual_seed(7)
    with caplog.at_level(logging.WARNING, "cnnvis"), recorder(model, optimizers, tmp_path / "run") as rec:
        accident(rec, tmp_path / "run")
        rec._diary._event = _flushing(rec)  # every event reaches the disk at once
        assert train(model, optimizers, rec) == expected
    assert fingerprint(model).keys() == fingerprint(plain).keys()
    assert all(fingerprint(model)[name] == fingerprint(plain)[name] for name in model.state_dict())
    assert len(caplog.records) == 1
    assert "the training goes on" in caplog.records[0].message
    assert hooks_on(model, optimizers) == 0
    if accident in (broken_measuring, broken_snapshots):
        _, series = recorded(tmp_path / "run")
        assert len(series.run["loss"].steps) == 8
        assert any(event.name == "warning" for event in series.events)


def _flushing(rec: Recorder) -> Callable[..., None]:
    write = rec._diary._event

    def event(*args: object, **kwargs: object) -> None:
        write(*args, **kwargs)  # pyright: ignore[reportArgumentType]
        if rec._diary._recording is not None:
            rec._diary._recording.flush()

    return event


def test_a_loss_that_is_not_finite_is_told_once(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", every=4) as rec:
        train(model, optimizers, rec, steps=2)
        with torch.no_grad():
            model.get_parameter("conv2.weight")[0, 0, 0, 0] = np.nan
        train(model, optimizers, rec, steps=3)
    _, series = recorded(tmp_path / "run")
    assert np.isnan(series.run["loss"].values[-1])
    told = [(event.step, event.layer, event.message) for event in series.events if event.name == "nonfinite"]
    assert told[0] == (3, "", "The loss is nan.")
    # By the next measured step the NaN has gone everywhere: the place is that of the step itself.
    assert told[1] == (3, series.head.units[1], "Not finite: its weights before the step.")
    assert len(told) == 2


def test_validation_passes_are_not_counted(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run") as rec:
        for _ in range(3):
            train(model, optimizers, rec, steps=1)
            model.eval()
            with torch.no_grad():
                model(data(30)[0])
            model.train()
    _, series = recorded(tmp_path / "run")
    assert series.run["images"].values.tolist() == [8.0, 8.0, 8.0]


def test_a_step_with_a_closure_is_measured_like_any_other(tmp_path: Path) -> None:
    """Lightning hands the forward and backward pass to the optimizer's step: before it there is no gradient yet."""
    series: list[Series] = []
    images, labels = data(8)
    for name in ("plain", "closure"):
        model = built()
        (optimizer,) = sgd(model)
        torch.manual_seed(7)
        with recorder(model, [optimizer], tmp_path / name) as rec:

            def closure(model: nn.Module = model, optimizer: torch.optim.Optimizer = optimizer) -> torch.Tensor:
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(images), labels)
                loss.backward()
                return loss

            for _ in range(3):
                if name == "closure":
                    rec.step(optimizer.step(closure))  # pyright: ignore[reportArgumentType]
                else:
                    loss = closure()
                    optimizer.step()
                    rec.step(loss)
        assert hooks_on(model, [optimizer]) == 0
        series.append(recorded(tmp_path / name)[1])
    for name, curves in series[0].lists.items():
        np.testing.assert_array_equal(curves.values, series[1].lists[name].values, err_msg=name)


def test_steps_are_the_optimizers_under_accumulation(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=4, accumulate=3)
    _, series = recorded(tmp_path / "run")
    assert series.run["loss"].steps.tolist() == [1, 2, 3, 4]
    assert series.run["batches"].values.tolist() == [3.0] * 4
    assert series.run["images"].values.tolist() == [24.0] * 4


def test_the_cost_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", progress=True) as rec:
        train(model, optimizers, rec)
    text = capsys.readouterr().err
    assert text.startswith("Recorded 8 steps, 8 of them layer by layer, with 2 snapshots: ")
    assert 0 < rec.cost.seconds <= rec.cost.elapsed


def test_within_the_budget_only_some_steps_are_measured(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", every=None, snapshots=None) as rec:
        train(model, optimizers, rec, steps=60)
    run, series = recorded(tmp_path / "run")
    assert series.lists["weight/norm"].steps[:5].tolist() == [1, 2, 3, 4, 5]
    assert len(series.lists["weight/norm"].steps) < 60
    assert len(series.run["loss"].steps) == 60
    assert run.steps[0] == 0
    assert run.steps[-1] == 60


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"every": 0}, RunError, "every is 0; it must be 1 or more"),
        ({"budget": 7.0}, RunError, r"budget is 7\.0; it is a share"),
        ({"probe": (torch.zeros(0, 2, 4, 4), None)}, DataError, "image"),
    ],
)
def test_mistakes_are_told_before_the_loop(
    options: dict[str, object], error: type[CnnvisError], sentence: str, tmp_path: Path
) -> None:
    model = built()
    with pytest.raises(error, match=sentence):
        recorder(model, sgd(model), tmp_path / "run", **options)


def test_an_optimizer_is_needed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"must be a torch\.optim\.Optimizer or a list of them, but a str came"):
        Recorder(built(), "adam", to=tmp_path / "run")
    with pytest.raises(ModelError, match="No optimizer came"):
        Recorder(built(), [], to=tmp_path / "run")


def test_a_run_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    for overwrite in (True, True):
        model = built()
        with recorder(model, sgd(model), tmp_path / "run", overwrite=overwrite):
            pass
    with pytest.raises(RunError, match="There is a run at"):
        recorder(model, sgd(model), tmp_path / "run")


def test_a_model_that_fails_on_the_probe_is_told_before_the_loop(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with pytest.raises(ModelError, match="forward pass failed in module conv1"):
        recorder(model, optimizers, tmp_path / "run", probe=(torch.zeros(4, 5, 9, 9), torch.zeros(4))).start()
    assert hooks_on(model, optimizers) == 0
    assert not (tmp_path / "run").exists()


def test_it_is_at_the_front_door() -> None:
    assert issubclass(cnnvis.Recorder, Recorder)
    assert CLASSES == 3
