"""Sets of images over the wire: their schema, what is refused, and groups in one history with everything else."""

from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.edits import EditsScene
from cnnvis.schema.images import ImageSetScene
from cnnvis.serve.app import served
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from tests.making.folder import write_run


def client_of(folder: Path, *, read_only: bool = False) -> TestClient:
    services = Services(RunShelf([write_run(folder / "run")]), Worker(None), read_only=read_only)
    return TestClient(served(services, Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return client_of(tmp_path)


def scene_of(client: TestClient, asked: str) -> ImageSetScene:
    answer = client.get(f"/api/runs/run/image-set{asked}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=ImageSetScene)


def test_a_set_needs_nothing_but_the_run_also_where_nothing_may_be_changed(tmp_path: Path) -> None:
    client = client_of(tmp_path, read_only=True)
    assert scene_of(client, "").images == 12
    scene = scene_of(client, "?class=1&answered=1")
    assert (scene.title, scene.images, scene.right) == ("bee answered as bee", 4, 4)
    for each in scene.members:
        assert client.get(f"/{each.image}").status_code == 200
    assert [each.sample for each in scene_of(client, "?sample=4&sample=1&sample=99").members] == [1, 4]
    assert scene_of(client, "?neuron=relu:2").images == 12
    assert scene_of(client, "?wrong=true").title == "Answered wrongly"


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ("class=3", 404, "class"),
        ("answered=9", 404, "class"),
        ("class=-1", 422, "class"),
        ("neuron=relu:5", 404, "neuron"),
        ("neuron=fc:0", 404, "no single image"),
        ("group=g1", 404, "group"),
        ("sample=x", 422, "sample"),
        ("wrong=perhaps", 422, "wrong"),
        ("color=red", 422, "color"),
        ("&".join(["sample=1"] * 2001), 422, "sample"),
    ],
)
def test_what_makes_no_sense_is_said(client: TestClient, asked: str, status: int, sentence: str) -> None:
    answer = client.get(f"/api/runs/run/image-set?{asked}")
    assert (answer.status_code, sentence in answer.json()["error"]) == (status, True), answer.text


def edit(client: TestClient, revision: int, **edit: object) -> EditsScene:
    answer = client.post("/api/runs/run/edits", json={"revision": revision, "edit": edit})
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=EditsScene)


def test_a_group_is_saved_renamed_removed_undone(client: TestClient) -> None:
    scene = edit(client, 0, type="save-images", name="odd ones", samples=[7, 3])
    assert [(each.id, each.samples) for each in scene.groups] == [("g1", (3, 7))]
    assert scene_of(client, "?group=g1").title == "odd ones"
    edit(client, 1, type="rename-images", group="g1", name="odd")
    assert scene_of(client, "?group=g1&class=1").images == 1
    assert edit(client, 2, type="remove-images", group="g1").groups == ()
    assert client.get("/api/runs/run/image-set?group=g1").status_code == 404
    answer = client.post("/api/runs/run/edits/undo", json={"revision": 3})
    assert [each["name"] for each in answer.json()["groups"]] == ["odd"]
    refused = client.post(
        "/api/runs/run/edits", json={"revision": 4, "edit": {"type": "save-images", "name": "", "samples": [1]}}
    )
    assert refused.status_code == 422
