"""Mistakes and comparisons over the wire: their schemas, and what is refused."""

from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.contrast import ContrastScene, MistakesScene
from cnnvis.serve.app import served
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from tests.making.folder import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    services = Services(RunShelf([write_run(tmp_path / "run")]), Worker(None), read_only=True)
    return TestClient(served(services, Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


def test_what_they_answer_is_of_its_schema(client: TestClient) -> None:
    answer = client.get("/api/runs/run/mistakes?label=1")
    scene = msgspec.json.decode(answer.content, type=MistakesScene)
    assert (scene.label, scene.right, scene.taken_for) == (1, scene.images, ())
    answer = client.get("/api/runs/run/contrast?label=1&other=2&against=other")
    both = msgspec.json.decode(answer.content, type=ContrastScene)
    assert both.first.images == both.second.images == 4
    assert {one.layer for one in both.clusters} == {"relu"}
    for example in both.first.examples:
        assert client.get(f"/{example.image}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ("mistakes?label=3", 404, "class"),
        ("mistakes", 422, "label"),
        ("contrast?label=0&other=9&against=right", 404, "class"),
        ("contrast?label=0&other=1", 422, "against"),
        ("contrast?label=1&other=1&against=right", 422, "another"),
        ("contrast?label=0&other=1&against=all", 422, "against"),
        ("contrast?label=-1&other=1&against=right", 422, "label"),
    ],
)
def test_what_makes_no_sense_is_said(client: TestClient, asked: str, status: int, sentence: str) -> None:
    answer = client.get(f"/api/runs/run/{asked}")
    assert (answer.status_code, sentence in answer.json()["error"]) == (status, True), answer.text
