"""The addresses of edits: made, refused with what there is now, waited for, and hostile bodies."""

import sqlite3
import threading
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cnnvis.schema.edits import (
    CarryReport,
    EditConflict,
    EditsFile,
    EditsRevision,
    EditsScene,
    HistoryPage,
    Regrouping,
)
from cnnvis.schema.scene import LayerScene, Problem
from cnnvis.serve import address
from cnnvis.serve.addresses import edits as served
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from tests.making.folder import write_run

AT = "/api/runs/one/edits"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    runs = [write_run(tmp_path / "one"), write_run(tmp_path / "two")]
    return TestClient(create_app(RunShelf(runs), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


def make(client: TestClient, revision: int, **edit: object) -> EditsScene:
    answer = client.post(AT, json={"revision": revision, "edit": {"layer": "relu", **edit}})
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=EditsScene)


def layer(client: TestClient) -> LayerScene:
    return msgspec.json.decode(client.get("/api/runs/one/layer?id=relu").content, type=LayerScene)


def test_an_edit_changes_the_layer_and_can_be_undone_and_redone(client: TestClient) -> None:
    before = layer(client)
    scene = make(client, 0, type="create", neurons=[0, 1], name="pair")
    made = scene.layers[0].clusters[-1].id
    assert {each.id: (each.title, sorted(each.neurons)) for each in layer(client).clusters}[made] == ("pair", [0, 1])
    undone = client.post(f"{AT}/undo", json={"revision": 1}).json()
    assert (undone["revision"], undone["undo"], undone["redo"][:4]) == (2, "", "made")
    assert layer(client) == before
    redone = client.post(f"{AT}/redo", json={"revision": 2}).json()
    assert msgspec.convert(redone, EditsScene).layers == scene.layers
    assert client.get(AT).json() == redone
    page = msgspec.json.decode(client.get(f"{AT}/history").content, type=HistoryPage)
    assert [entry.words for entry in page.entries] == [f"made {made} of 2 neurons in relu"]


def test_two_tabs_see_each_other_and_none_loses_an_edit(client: TestClient) -> None:
    make(client, 0, type="create", neurons=[0])
    assert make(client, 0, type="note", neuron=3, text="from the other tab").revision == 2
    answer = client.post(AT, json={"revision": 0, "edit": {"type": "create", "layer": "relu", "neurons": [0, 1]}})
    assert answer.status_code == 409
    conflict = msgspec.json.decode(answer.content, type=EditConflict)
    assert "has been changed meanwhile" in conflict.error
    assert conflict.edits == msgspec.json.decode(client.get(AT).content, type=EditsScene)
    assert client.post(f"{AT}/undo", json={"revision": 1}).status_code == 409
    assert conflict.edits.revision == 2


def test_who_waits_is_told_of_the_next_edit(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "LOOK_EVERY", 0.01)
    told: list[int] = []

    def wait() -> None:
        told.append(msgspec.json.decode(client.get(f"{AT}/events?after=0").content, type=EditsRevision).revision)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    assert told == []
    make(client, 0, type="create", neurons=[0])
    waiting.join(timeout=20)
    assert told == [1]
    assert client.get(f"{AT}/events").json() == {"revision": 1}
    monkeypatch.setattr(served, "LONGEST_WAIT", 0.05)
    assert client.get(f"{AT}/events?after=1").json() == {"revision": 1}


def test_a_preview_changes_nothing(client: TestClient) -> None:
    answer = client.post(f"{AT}/preview", json={"type": "regroup", "layer": "relu", "method": "kmeans", "k": 2})
    shown = msgspec.json.decode(answer.content, type=Regrouping)
    assert shown.after.clustering.method == "kmeans"
    assert shown.before == layer(client)
    assert client.get(AT).json()["revision"] == 0
    make(client, 0, type="regroup", method="kmeans", k=2)
    assert layer(client) == shown.after


def test_the_history_is_sent_in_pages(client: TestClient) -> None:
    for number in range(5):
        make(client, number, type="note", text=str(number))
    page = msgspec.json.decode(client.get(f"{AT}/history?first=3&count=9").content, type=HistoryPage)
    assert (page.first, len(page.entries), page.total, page.revision) == (3, 2, 5, 5)
    gone = msgspec.json.decode(client.post(f"{AT}/jump", json={"revision": 5, "done": 1}).content, type=EditsScene)
    assert (gone.done, gone.undone, gone.layers[0].note) == (1, 4, "0")
    assert client.post(f"{AT}/jump", json={"revision": 5, "done": 2}).status_code == 409
    assert client.post(f"{AT}/jump", json={"revision": 9, "done": 6}).status_code == 422
    assert len(client.get(f"{AT}").content) < 600


def test_what_was_exported_can_be_imported_into_another_run(client: TestClient) -> None:
    make(client, 0, type="create", neurons=[0, 2], name="pair")
    exported = client.get(f"{AT}/export")
    assert "edits.json" in exported.headers["content-disposition"]
    assert msgspec.json.decode(exported.content, type=EditsFile).run == "one"
    answer = client.post("/api/runs/two/edits/import", content=exported.content)
    report = msgspec.json.decode(answer.content, type=CarryReport)
    assert report.missing == ()
    assert "pair" in [each.name for each in report.edits.layers[0].clusters]


@pytest.mark.parametrize(
    ("where", "body", "status", "sentence"),
    [
        ("", b"", 400, "The body is not JSON: Input data was truncated."),
        ("", b"\xff\xfe", 400, "The body is not JSON: "),
        ("", b'{"revision": 0, "edit": {"type": "dance", "layer": "relu"}}', 422, "This is no EditRequest: Invalid v"),
        ("", b'{"revision": 0, "edit": {"type": "move", "layer": "relu", "neurons": [], "to": "c1"}}', 422, "This is"),
        ("", b'{"revision": 0, "edit": {"type": "lock", "layer": "../x", "cluster": "c1"}}', 422, "The run has no la"),
        ("", b'{"revision": 0, "edit": {"type": "import", "layers": [], "source": "x"}}', 422, "This is no EditReq"),
        ("", b'{"revision": -1, "edit": {"type": "lock", "layer": "relu", "cluster": "c1"}}', 422, "This is no EditR"),
        ("/undo", b'{"revision": 0}', 422, "There is nothing to undo."),
        ("/redo", b"[]", 422, "This is no StepRequest: Expected `object`, got `array`."),
        ("/jump", b'{"revision": 0, "done": -1}', 422, "This is no JumpRequest"),
        ("/jump", b'{"revision": 0, "done": 1}', 422, "There are 0 edits in the history"),
        ("/preview", b'{"type": "regroup", "layer": "relu", "k": 0}', 422, "This is no Regroup"),
        ("/import", b"{}", 422, "This is no EditsFile"),
    ],
)
def test_what_cannot_be_done_is_said_and_writes_nothing(
    client: TestClient, tmp_path: Path, where: str, body: bytes, status: int, sentence: str
) -> None:
    answer = client.post(f"{AT}{where}", content=body)
    assert answer.status_code == status
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.error.startswith(sentence)
    assert problem.remedy
    assert list((tmp_path / "one").glob("edits*")) == []


def test_a_server_that_only_shows_refuses_edits_and_says_so_in_the_list(tmp_path: Path) -> None:
    shelf = RunShelf([write_run(tmp_path / "one")])
    app = create_app(shelf, Guard("127.0.0.1", None), read_only=True)
    client = TestClient(app, base_url="http://127.0.0.1")
    assert [entry["read_only"] for entry in client.get("/api/runs").json()] == [True]
    lock = {"revision": 0, "edit": {"type": "lock", "layer": "relu", "cluster": "c1"}}
    for where, body in (("", lock), ("/undo", {"revision": 0}), ("/redo", {"revision": 0}), ("/import", {})):
        answer = client.post(f"{AT}{where}", json=body)
        assert answer.status_code == 403
        assert "only shows its runs" in answer.json()["error"]
        assert "--read-only" in answer.json()["remedy"]
    assert client.get(AT).status_code == 200
    assert client.post(f"{AT}/preview", json={"type": "regroup", "layer": "relu", "k": 2}).status_code == 200
    assert list((tmp_path / "one").glob("edits*")) == []


def test_a_log_that_another_process_holds_is_to_be_tried_again(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(client, 0, type="create", neurons=[0])
    monkeypatch.setattr("cnnvis.store.edits.PATIENCE", 0.05)
    shelf = RunShelf([tmp_path / "one"])
    shelf.studio("one").edits._log._patience = 0.05
    hurried = TestClient(create_app(shelf, Guard("127.0.0.1", None)), base_url="http://127.0.0.1")
    other = sqlite3.connect(tmp_path / "one" / "edits.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for answer in (hurried.get(AT), hurried.post(f"{AT}/undo", json={"revision": 1}), hurried.get(f"{AT}/events")):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "Another process has been writing" in answer.json()["error"]
    other.close()
    assert hurried.get(AT).status_code == 200


def test_an_edit_that_nobody_waits_for_any_more_is_not_made(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered with "takes too long" must not happen all the same, later."""
    monkeypatch.setattr(served, "_SPARE", served.EDIT_SECONDS)
    lock = {"revision": 0, "edit": {"type": "lock", "layer": "relu", "cluster": "c1"}}
    answer = client.post(AT, json=lock)
    assert answer.status_code == 503
    assert "took too long" in answer.json()["error"]
    assert list((tmp_path / "one").glob("edits*")) == []


def test_wrong_addresses_and_methods_are_refused(client: TestClient) -> None:
    assert client.get("/api/runs/ghost/edits").status_code == 404
    assert client.get("/api/runs/ghost/edits/events").status_code == 404
    for wrong in ("events?after=x", "history?first=-1", "history?count=1e3", "history?first=²"):
        assert client.get(f"{AT}/{wrong}").status_code == 422
    assert client.get(f"{AT}/undo").status_code in (404, 405)
    assert client.delete(AT).status_code == 405
    assert client.post(AT, content=b" " * (address.LARGEST_BODY + 1)).status_code == 413


def test_the_guard_stands_before_edits_too(client: TestClient) -> None:
    body = {"revision": 0, "edit": {"type": "create", "layer": "relu", "neurons": [0]}}
    assert client.post(AT, json=body, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post(AT, json=body, headers={"host": "evil.example"}).status_code == 403
    assert client.get(AT).json()["revision"] == 0


_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.text(max_size=5) | st.sampled_from(["relu", "fc", "c1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_body_makes_the_server_fail(client: TestClient, data: st.DataObject) -> None:
    edit = data.draw(
        st.fixed_dictionaries(
            {"type": st.sampled_from("move create merge split regroup lock rename note".split())},
            optional={
                "layer": st.sampled_from(["relu", "fc"]) | _anything,
                "neurons": st.lists(st.integers(-1, 6), max_size=4) | _anything,
                "to": st.sampled_from(["c1", "c2"]) | _anything,
                "cluster": st.sampled_from(["c1", "c2"]) | _anything,
                "clusters": st.lists(st.sampled_from(["c1", "c2", "c3"]), max_size=3) | _anything,
                "k": st.integers(0, 4) | _anything,
                "method": st.sampled_from(["ward", "kmeans", "meanshift"]) | _anything,
                "parts": _anything,
                "locked": st.booleans(),
                "name": st.text(max_size=4),
                "text": st.text(max_size=4),
                "neuron": st.integers(0, 6) | _anything,
            },
        )
    )
    allowed = {"move": "neurons to", "create": "neurons name", "merge": "clusters", "split": "cluster k",
               "note": "text", "regroup": "method k", "lock": "cluster locked", "rename": "cluster name"}  # fmt: skip
    if data.draw(st.booleans()):
        edit = {key: edit[key] for key in ["type", "layer", *allowed[edit["type"]].split()] if key in edit}
    revision = data.draw(st.integers(0, 3) | _anything)
    answer = client.post(AT, content=msgspec.json.encode({"revision": revision, "edit": edit}))
    assert answer.status_code in (200, 409, 422), answer.text
    assert client.get("/api/runs/one/layer?id=relu").status_code == 200
