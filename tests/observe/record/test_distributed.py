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
from tests.conftest import ROOT
from tests.observe.record.helpers import built, data, recorded

_PROGRAM = """
import pickle, sys
from pathlib import Path
import numpy as np, torch, torch.distributed as dist
from tests.observe.record.helpers import built, data, fingerprint, hooks_on, recorder, sgd
rank, port, folder, recording = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "True"
torch.set_num_threads(1)
np.random.seed(0)
dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
model = built()
wrapped = torch.nn.parallel.DistributedDataParallel(model)
optimizers = sgd(model)
images, labels = data()
torch.manual_seed(7 + rank)
rec = recorder(wrapped, optimizers, folder / "run") if recording else None
if rec is not None:
    rec.start()
wrapped.train()
for step in range(6):
    rows = (torch.arange(4) + step * 8 + 4 * rank) % len(images)
    loss = torch.nn.functional.cross_entropy(wrapped(images[rows]), labels[rows])
    optimizers[0].zero_grad()
    loss.backward()
    optimizers[0].step()
    if rec is not None:
        rec.step(loss)
    if folder.name == "both":
        dist.barrier()
if rec is not None:
    rec.close()
answer = (fingerprint(model), hooks_on(model, optimizers), rec._shield.problems if rec is not None else [])
(folder / f"{rank}.pickle").write_bytes(pickle.dumps(answer))
dist.barrier()
dist.destroy_process_group()
"""


def trained(folder: Path, *recording: bool) -> list[tuple[dict[str, bytes], int, list[str]]]:
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    commands = [[sys.executable, "-c", _PROGRAM, str(n), port, str(folder), str(recording[n])] for n in (0, 1)]
    processes = [subprocess.Popen(command, env=environment, cwd=ROOT) for command in commands]
    try:
        assert [process.wait(timeout=300) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    return [pickle.loads((folder / f"{rank}.pickle").read_bytes()) for rank in (0, 1)]


@pytest.mark.slow
def test_two_processes(tmp_path: Path) -> None:
    plain = trained(tmp_path / "plain", False, False)
    both = trained(tmp_path / "both", True, True)
    assert both == plain
    assert [(hooks, problems) for _, hooks, problems in both] == [(0, []), (0, [])]
    _, series = recorded(tmp_path / "both" / "run")
    assert series.head.processes == 2
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
def test_a_recorder_in_the_first_process_alone_waits_for_nobody(tmp_path: Path) -> None:
    one = trained(tmp_path / "one", True, False)
    assert one[0][2] == []
    _, series = recorded(tmp_path / "one" / "run")
    assert series.complete
    assert series.lists["before/mean"].steps.tolist() == [1, 2, 3, 4, 5, 6]


def test_a_training_in_one_process_is_alone() -> None:
    alone = Processes("run")
    assert (alone.first, alone.count, alone.agree(8), alone.heard(3)) == (True, 1, 8, [])


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
