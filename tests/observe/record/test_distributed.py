"""Two processes that train one network: the first writes, the other tells it what it saw."""

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnvis.observe.record.activations import UnitSums
from cnnvis.observe.record.distributed import Processes, told
from tests.observe.record.helpers import built, data, recorded
from tests.outside import ROOT

_PROGRAM = """
import pickle, random, sys
from pathlib import Path
import numpy as np, torch, torch.distributed as dist
from tests.observe.record.helpers import built, data, fingerprint, hooks_on, recorder, sgd
rank, port, folder, recording = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "True"
torch.set_num_threads(1)
np.random.seed(0)
random.seed(0)
dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
model = built()
wrapped = torch.nn.parallel.DistributedDataParallel(model)
optimizers = sgd(model)
images, labels = data()
torch.manual_seed(7 + rank)
store = dist.distributed_c10d._get_default_store()
dist.barrier()
keys = store.num_keys()
defaults = folder.name == "defaults"
options = {"every": None, "snapshots": None, "budget": 1e-6} if defaults else {}
rec = recorder(wrapped, optimizers, folder / "run", **options) if recording else None
if rec is not None:
    rec.start()
wrapped.train()
measured = []
for step in range(40 if defaults else 6):
    if rec is not None and rec._measuring:
        measured.append(step + 1)
    rows = (torch.arange(4) + step * 8 + 4 * rank) % len(images)
    loss = torch.nn.functional.cross_entropy(wrapped(images[rows]), labels[rows])
    optimizers[0].zero_grad()
    loss.backward()
    optimizers[0].step()
    if rec is not None:
        rec.step(loss, metrics={"word": "none"})
    if folder.name == "both":
        dist.barrier()
if rec is not None:
    rec.close()
dist.barrier()
left = store.num_keys() - keys
problems = rec._shield.problems if rec is not None else []
answer = (fingerprint(model), hooks_on(model, optimizers), problems, measured, left)
(folder / f"{rank}.pickle").write_bytes(pickle.dumps(answer))
dist.barrier()
dist.destroy_process_group()
"""


Answer = tuple[dict[str, bytes], int, list[str], list[int], int]
"""Weights and random numbers, hooks left, problems, measured steps, keys left in the store."""


def trained(folder: Path, *recording: bool) -> list[Answer]:
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "OMP_NUM_THREADS": "1"}
    commands = [[sys.executable, "-c", _PROGRAM, str(n), port, str(folder), str(recording[n])] for n in (0, 1)]
    said = [(folder / f"{rank}.txt").open("wb") for rank in (0, 1)]
    processes = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=file, stderr=file)
        for command, file in zip(commands, said, strict=True)
    ]
    try:
        assert [process.wait(timeout=300) for process in processes] == [0, 0]
    finally:
        for process, file in zip(processes, said, strict=True):
            process.kill()
            file.close()
    return [pickle.loads((folder / f"{rank}.pickle").read_bytes()) for rank in (0, 1)]


@pytest.mark.slow
def test_two_processes(tmp_path: Path) -> None:
    plain = trained(tmp_path / "plain", False, False)
    both = trained(tmp_path / "both", True, True)
    assert [answer[0] for answer in both] == [answer[0] for answer in plain]
    assert [answer[1:3] for answer in both] == [(0, []), (0, [])]
    _, series = recorded(tmp_path / "both" / "run")
    assert series.head.processes == 2
    said = [(tmp_path / "both" / f"{rank}.txt").read_text(encoding="utf-8") for rank in (0, 1)]
    assert [text.count("The metric word is left out") for text in said] == [1, 0]
    assert "Record" not in said[1]
    steps = series.lists["before/mean"].steps.tolist()
    assert steps == [1, 2, 3, 4, 5, 6]
    assert series.run["processes"].values[:4].tolist() == [2.0] * 4
    assert series.run["images"].values.tolist() == [4.0] * 6  # the first's own
    # What the first process saw alone would be other numbers: it ran on four of the eight images.
    model = built().train()
    torch.manual_seed(7)
    maps = [model.get_submodule("conv1")(data()[0][rows]) for rows in (slice(0, 4), slice(4, 8))]
    means = [float(model.get_submodule("norm1")(part).mean().detach()) for part in maps]
    assert series.lists["before/mean"].values[0, 0] == pytest.approx(np.mean(means), abs=1e-5)


@pytest.mark.slow
def test_at_defaults_the_first_chooses_the_steps_for_all(tmp_path: Path) -> None:
    """Clocks differ, so that each choosing by its own would measure other steps."""
    first, second = trained(tmp_path / "defaults", True, True)
    forced = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33]
    assert (first[2], second[2]) == ([], [])
    assert first[3] == second[3] == forced
    _, series = recorded(tmp_path / "defaults" / "run")
    assert series.lists["gradient/norm"].steps.tolist() == forced
    # The last two may not have been told yet when the first closed.
    assert (series.run["processes"].values[: len(forced) - 2] == 2.0).all()
    # One key says that the first has closed; the collectives of the process group may have made others since.
    words = trained(tmp_path / "plain", False, False)[0][4]
    assert first[4] <= words + 1


@pytest.mark.slow
def test_a_recorder_in_the_first_process_alone_waits_for_nobody(tmp_path: Path) -> None:
    one = trained(tmp_path / "one", True, False)
    assert one[0][2] == []
    assert one[1][3] == []
    _, series = recorded(tmp_path / "one" / "run")
    assert series.complete
    assert series.lists["before/mean"].steps.tolist() == [1, 2, 3, 4, 5, 6]


def test_a_training_in_one_process_is_alone() -> None:
    alone = Processes("run")
    assert (alone.first, alone.alone, alone.heard(3)) == (True, True, [])
    alone.open()
    alone.announce(1, 2)  # there is nobody to tell
    alone.close()


def test_sums_survive_the_way_between_processes() -> None:
    rng = np.random.default_rng(0)
    sums = [UnitSums(*rng.random((8, 3))) for _ in range(2)]
    packed = told(*sums, {1: np.array([True, False])}, np.array([1.0, 2.0]))
    for side in (0, 1):
        for name, values in vars(packed.sums(side)).items():
            np.testing.assert_array_equal(values, getattr(sums[side], name))
    whole = UnitSums(*rng.random((8, 3)))
    expected = {name: values + getattr(sums[0], name) for name, values in vars(whole).items()}
    expected["highest"] = np.maximum(whole.highest, sums[0].highest)
    whole.add(packed.sums(0))
    for name, values in expected.items():
        np.testing.assert_array_equal(getattr(whole, name), values)
