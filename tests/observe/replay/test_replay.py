"""A replayed training shows what the checkpoints are: against the same network looked at by hand."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.compose.findings import find
from cnnvis.observe.inputs import DataOptions, from_dataset
from cnnvis.observe.replay import Replay, find_checkpoints
from cnnvis.schema.errors import CheckpointError, RunError
from cnnvis.schema.run import ModelFacts
from cnnvis.schema.series import Series
from cnnvis.store.reader import read_run

IMAGES, CLASSES = 40, 3


def network(width: int = 6) -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, width, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * width, CLASSES)
    )


def data() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(IMAGES, 1, 8, 8, generator=generator), torch.arange(IMAGES) % CLASSES


def checkpoints(folder: Path, steps: tuple[int, ...] = (0, 2, 10)) -> Path:
    folder.mkdir()
    model, (images, labels) = network(), data()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(max(steps) + 1):
        if step in steps:
            torch.save({"state_dict": model.state_dict()}, folder / f"step_{step}.pt")
        optimizer.zero_grad()
        functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return folder


def replay(**options: object) -> Replay:
    images, labels = data()
    source = from_dataset((images.numpy(), labels.numpy()), options=DataOptions(batch_size=16))
    return Replay(network(), source, facts=ModelFacts(name="small", source="nets:small"), **options)  # pyright: ignore[reportArgumentType]


def series(run: Path) -> Series:
    opened = read_run(run)
    opened.series.update()
    return opened.series.series()


def test_every_checkpoint_is_a_snapshot_with_its_numbers(tmp_path: Path) -> None:
    folder, told = checkpoints(tmp_path / "checkpoints"), list[str]()
    done = replay().run(find_checkpoints(folder)[0], tmp_path / "run", tell=told.append)
    assert (done.done, done.left_out, done.complete) == (3, (), True)
    assert told == ["step_0.pt", "step_2.pt", "step_10.pt"]
    run, found = read_run(tmp_path / "run"), series(tmp_path / "run")
    assert run.steps == (0, 2, 10)
    assert (run.file.model.name, run.file.model.source) == ("small", "nets:small")
    assert (found.head.origin, found.head.source, found.complete) == ("checkpoints", "probe", True)
    images, labels = data()
    before: torch.Tensor | None = None
    for place, step in enumerate(run.steps):
        model = network()
        model.load_state_dict(torch.load(folder / f"step_{step}.pt", weights_only=True)["state_dict"])
        with torch.no_grad():
            logits, maps = model(images), torch.relu(model[0](images))
        at = {name: curve.values[place] for name, curve in found.run.items()}
        assert at["metric/validation/accuracy"] == pytest.approx(float((logits.argmax(1) == labels).float().mean()))
        assert at["metric/validation/loss"] == pytest.approx(float(functional.cross_entropy(logits, labels)), rel=1e-5)
        weight = model[0].weight.detach()
        rows = {name: curves.values[place, 0] for name, curves in found.lists.items() if len(curves.steps) == 3}
        assert rows["weight/norm"] == pytest.approx(float(weight.norm()), rel=1e-5)
        assert rows["weight/negative"] == pytest.approx(float((weight < 0).float().mean()))
        assert rows["after/zero"] == pytest.approx(float((maps == 0).float().mean()), abs=1e-6)
        assert rows["dead"] == float((maps.amax((0, 2, 3)) == 0).sum())
        if before is not None:
            curves = found.lists["change/ratio"]
            assert curves.values[curves.steps == step][0, 0] == pytest.approx(
                float((weight - before).norm() / weight.norm()), rel=1e-4
            )
        statistics = read_run(tmp_path / "run", step=step).statistics.unit("1")
        np.testing.assert_allclose(statistics.mean, maps.mean((0, 2, 3)).numpy(), rtol=1e-4, atol=1e-6)
        before = weight.clone()
    assert "gradient/norm" not in found.lists
    assert find(run).complete


def test_a_stopped_replay_can_be_opened_and_gone_on_with(tmp_path: Path) -> None:
    found = find_checkpoints(checkpoints(tmp_path / "checkpoints", (0, 2, 4, 6)))[0]
    whole = replay().run(found, tmp_path / "whole")

    def stop(name: str) -> None:
        if name == "step_2.pt":
            raise KeyboardInterrupt

    stopped = replay().run(found, tmp_path / "run", tell=stop)
    assert (stopped.done, stopped.complete) == (2, False)
    assert read_run(tmp_path / "run").steps == (0, 2)
    assert [event.name for event in series(tmp_path / "run").events][-1] == "interrupted"
    with (tmp_path / "run" / "series" / "0.jsonl").open("ab") as file:
        file.write(b'{"kind":"step","torn')
    again = replay().run(found, tmp_path / "run", resume=True)
    assert (again.done, again.complete) == (4, True)
    one, other = series(tmp_path / "run"), series(whole.path)
    assert one.complete
    assert one.lists.keys() == other.lists.keys()
    for name, curves in one.lists.items():
        np.testing.assert_array_equal(curves.steps, other.lists[name].steps)
        np.testing.assert_array_equal(curves.values, other.lists[name].values)
    for step in (0, 2, 4, 6):
        mine, theirs = (
            read_run(path, step=step).statistics.array("1", "after_mean") for path in (tmp_path / "run", whole.path)
        )
        np.testing.assert_array_equal(mine, theirs)


def test_what_cannot_be_loaded_is_left_out_and_told(tmp_path: Path) -> None:
    folder = checkpoints(tmp_path / "checkpoints")
    (folder / "step_1.pt").write_bytes(b"nonsense")
    torch.save(network(width=4).state_dict(), folder / "step_5.pt")
    done = replay(part="train").run(find_checkpoints(folder)[0], tmp_path / "run")
    assert done.done == 3
    assert len(done.left_out) == 2
    found = series(tmp_path / "run")
    assert [event.message for event in found.events if event.name == "warning"] == list(done.left_out)
    assert "metric/train/loss" in found.run
    for path in folder.iterdir():
        path.write_bytes(b"")
    with pytest.raises(CheckpointError, match="is no checkpoint, or damaged"):
        replay().run(find_checkpoints(folder)[0], tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_only_a_replay_of_the_same_network_is_gone_on_with(tmp_path: Path) -> None:
    found = find_checkpoints(checkpoints(tmp_path / "checkpoints"))[0]
    replay().run(found[:1], tmp_path / "run")
    other = replay()
    other._model = nn.Sequential(nn.Flatten(), nn.Linear(64, CLASSES))
    other._measurer.model = other._model
    with pytest.raises(RunError, match="is of another network"):
        other.run(found, tmp_path / "run", resume=True)
    file = tmp_path / "run" / "series" / "0.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"checkpoints"', b'"recorder"'))
    with pytest.raises(RunError, match="was not made from checkpoints"):
        replay().run(found, tmp_path / "run", resume=True)


def test_images_without_labels_give_no_accuracy(tmp_path: Path) -> None:
    source = from_dataset((data()[0].numpy(), None), options=DataOptions(batch_size=16))
    made = Replay(network(), source, facts=ModelFacts(name="small"))
    made.run(find_checkpoints(checkpoints(tmp_path / "checkpoints", (0,)))[0], tmp_path / "run")
    found = series(tmp_path / "run")
    assert found.run == {}
    assert msgspec.json.encode(found.head.units) == b'["1","4"]'
