"""The worker's program: a network named on the command line, and the whole way from a request to measured effects."""

import io
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from cnnvis.cli.main import main
from cnnvis.cli.open import worker_command
from cnnvis.cli.parser import build_parser
from cnnvis.cli.worker import Bench, open_workshop
from cnnvis.compose.studio import Studio
from cnnvis.compose.workshop import Workshop
from cnnvis.schema.connection_scene import PathScene
from cnnvis.schema.errors import ModelError
from cnnvis.schema.images import GivenScene, ImageChoice
from cnnvis.schema.worker import (
    AblateJob,
    AblateResult,
    AnswerResult,
    Ask,
    CheckResult,
    ClusterNeurons,
    ColumnsOrder,
    GivenImage,
    GivenImages,
    PathOrder,
    PathResult,
    WorkerState,
)
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker
from cnnvis.store.reader import read_run
from tests.making.folder import write_run
from tests.serve.worker.helpers import finished, until

_NETWORK = """
import torch
from torch import nn

print("a model file that talks")

def small():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)
    )
"""


@contextmanager
def served(run: Path, words: list[str]) -> Iterator[tuple[TestClient, Callable[[], WorkerState]]]:
    """Serve a run with a real worker; yields who asks, and a look at the worker's state."""
    line = ["open", str(run), *words]
    options = build_parser().parse_args(line)
    options.line = line
    worker = Worker(worker_command(options))
    asked = TestClient(create_app(RunShelf([run]), Guard("127.0.0.1", None), worker), base_url="http://127.0.0.1")
    try:
        yield asked, lambda: msgspec.json.decode(asked.get("/api/runs/run/worker").content, type=WorkerState)
    finally:
        worker.close()


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The options that name a network and its images."""
    (tmp_path / "nets.py").write_text(_NETWORK)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (30, 14, 14), dtype=np.uint8)
    np.savez(tmp_path / "data.npz", images=images, labels=np.arange(30) % 3)
    return ["--model", f"{tmp_path / 'nets.py'}:small", "--data", str(tmp_path / "data.npz"), "--device", "cpu"]


def quiet(_done: int, _total: int, _words: str) -> None:
    return


def test_the_command_line_of_open_gives_the_network_and_its_images(words: list[str]) -> None:
    options = build_parser().parse_args(
        ["open", "run", *words, "--class-names", "a,b", "--class-map", "+1", "--batch-size", "7"]
    )
    workshop = open_workshop(options)
    assert workshop.device == "cpu"
    assert workshop.source.total == 30
    assert [len(batch.samples) for batch in workshop.source.batches()] == [7, 7, 7, 7, 2]
    assert [unit.id for unit in workshop.graph.units] == ["1", "4", "6"]
    assert workshop.class_map is not None
    assert workshop.class_map.tolist() == [-1, 0, 1]


def picture() -> bytes:
    """An image file of another size and colour than those of the data."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 20, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


def test_what_cannot_be_built_is_tried_again_for_the_next_job(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    built: list[Namespace] = []

    def build(options: Namespace) -> Workshop:
        built.append(options)
        raise ModelError("There is no such model.")

    bench = Bench(Namespace(), build)
    ask = Ask(run=str(run), step=0, job=AblateJob(removed=ClusterNeurons("relu", (0,))))
    for _ in range(2):
        with pytest.raises(ModelError, match="no such model"):
            bench.do(ask, quiet)
    assert len(built) == 2


def test_from_a_request_to_measured_effects(tmp_path: Path, words: list[str]) -> None:
    """A network is analysed, its run served with a real worker, and both commands are asked for over HTTP."""
    run = tmp_path / "run"
    assert main(["analyze", *words, "-o", str(run), "--no-progress"]) == 0
    with served(run, words) as (asked, state):
        check = ColumnsOrder(columns=("1", "4", "6"), images=20)
        assert asked.post("/api/runs/run/worker/check", content=msgspec.json.encode(check)).status_code == 202
        found = until(state, finished, seconds=100)
        assert (found.error, found.status) == ("", "done")
        assert isinstance(found.result, CheckResult)
        assert found.result.images == 20
        assert [(pair.source, pair.target) for pair in found.result.pairs] == [("1", "4"), ("4", "6")]
        layers = [Studio(read_run(run)).layer(unit) for unit in check.columns]
        living = [sum(not cluster.never_active for cluster in layer.clusters) for layer in layers]
        assert [np.array(pair.measured).shape for pair in found.result.pairs] == [tuple(living[:2]), tuple(living[1:])]
        ablate = AblateJob(removed=ClusterNeurons("4", (0, 1, 2, 3)), targets=(ClusterNeurons("6", (0, 1, 2)),))
        asked.post("/api/runs/run/worker/ablate", content=msgspec.json.encode(ablate))
        found = until(state, finished, seconds=100)
        assert isinstance(found.result, AblateResult)
        assert found.result.images == 30
        # With all of them silent every image gets the biases, and so one and the same class.
        assert [each.correct_after for each in found.result.classes].count(10) == 1
        assert found.result.accuracy_after == pytest.approx(1 / 3)


def test_given_images_are_answered_and_nothing_of_them_is_written(tmp_path: Path, words: list[str]) -> None:
    """The whole way from files that a person gives to what the page shows of them."""
    run = tmp_path / "run"
    assert main(["analyze", *words, "-o", str(run), "--no-progress", "--no-contributions"]) == 0
    with served(run, words) as (asked, state):
        given = GivenImages(images=(GivenImage(name="a.png", data=picture()), GivenImage(name="b.txt", data=b"no")))
        before = sorted(path.name for path in run.rglob("*"))
        assert asked.post("/api/runs/run/worker/answer", content=msgspec.json.encode(given)).status_code == 202
        answered = until(state, finished, seconds=100).result
        assert isinstance(answered, AnswerResult)
        assert (answered.number, answered.refused) == (1, ("b.txt is not an image that can be read here.",))
        scene = msgspec.json.decode(asked.get("/api/runs/run/given?number=1&class=2").content, type=GivenScene)
        assert (scene.against, [each.name for each in scene.images]) == (2, ["a.png"])
        assert {each.layer for each in scene.differing} == {"1", "4"}
        shown = asked.get(f"/api/runs/run/{scene.images[0].image}")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
        assert asked.get("/api/runs/run/given/image?number=1&place=1").status_code == 404
        assert sorted(path.name for path in run.rglob("*")) == before
        ways: list[list[str]] = []
        for label in range(3):
            order = PathOrder(label=label, choice=ImageChoice(samples=(1, 2, 5)))
            assert asked.post("/api/runs/run/worker/path", content=msgspec.json.encode(order)).status_code == 202
            way = until(state, finished, seconds=100)
            assert (way.error, way.result) == ("", PathResult(number=label + 1, images=3))
            answer = asked.get(f"/api/runs/run/path?class={label}&own={label + 1}")
            path = msgspec.json.decode(answer.content, type=PathScene)
            assert (path.own, path.images, path.mode) == (True, 3, "contribution")
            ways.append([stop.layer for stop in path.stops])
        # A class that nothing speaks for on these images has no way.
        assert ["4", "1"] in ways
        assert asked.get("/api/runs/run/path?class=1&own=4").status_code == 404
        nobody = PathOrder(label=1, choice=ImageChoice(samples=(999,)))
        for refused, status in ((nobody, 404), (PathOrder(label=7, choice=ImageChoice()), 404)):
            answer = asked.post("/api/runs/run/worker/path", content=msgspec.json.encode(refused))
            assert answer.status_code == status
