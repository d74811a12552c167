"""The worker's addresses over HTTP: begun, polled, cancelled, refused."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.scene import Problem
from cnnvis.schema.worker import (
    AblateResult,
    CheckJob,
    ClusterNeurons,
    ColumnClusters,
    ConnectJob,
    ConnectResult,
    Job,
    JobResult,
    WorkerState,
)
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker
from tests import making
from tests.making.folder import write_run
from tests.serve.worker.helpers import FINE, LONG, fake_worker, finished, job, until


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = fake_worker(tmp_path)
    yield made
    made.close()


def client(folder: Path, worker: Worker | None, *, token: str | None = None, read_only: bool = False) -> TestClient:
    shelf = RunShelf([write_run(folder / "one"), write_run(folder / "two")])
    app = create_app(shelf, Guard("127.0.0.1", token), worker, read_only=read_only)
    return TestClient(app, base_url="http://127.0.0.1")


def state_of(asked: TestClient, run: str = "one") -> WorkerState:
    return msgspec.json.decode(asked.get(f"/api/runs/{run}/worker").content, type=WorkerState)


def problem_of(answer: object) -> Problem:
    return msgspec.json.decode(answer.content, type=Problem)


def test_a_job_is_begun_polled_and_its_result_stays(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker)
    facts = making.snapshot_facts()
    idle = WorkerState(enabled=True, image_seconds=facts.seconds / facts.images_seen)
    assert state_of(asked) == idle
    answer = asked.post("/api/runs/one/worker/ablate", content=msgspec.json.encode(job(FINE)))
    assert answer.status_code == 202
    assert msgspec.json.decode(answer.content, type=WorkerState).status == "working"
    done = until(lambda: state_of(asked), finished)
    assert isinstance(done.result, AblateResult)
    assert done.result.drops == (1.5,)
    assert state_of(asked, "two").status == "idle"


def test_busy_is_said_and_a_job_can_be_cancelled(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker)
    asked.post("/api/runs/one/worker/ablate", content=msgspec.json.encode(job(LONG)))
    refused = asked.post("/api/runs/two/worker/check", content=b"{}")
    assert refused.status_code == 409
    assert problem_of(refused).error.startswith("The worker is busy")
    assert asked.post("/api/runs/one/worker/cancel").json()["words"] == "being cancelled"
    assert until(lambda: state_of(asked), finished).status == "cancelled"


def test_without_the_networks_code_the_command_that_enables_it_is_named(tmp_path: Path) -> None:
    asked = client(tmp_path, None)
    state = state_of(asked)
    assert not state.enabled
    assert state.how.startswith(f"cnnvis open {tmp_path / 'one'} --model MODULE:FUNCTION --data DATA")
    refused = asked.post("/api/runs/one/worker/ablate", content=msgspec.json.encode(job(FINE)))
    assert refused.status_code == 409
    assert problem_of(refused) == Problem(
        error="This server was started without the network's code.", remedy=f"Start it with: {state.how}"
    )


@pytest.mark.parametrize(
    ("address", "body", "status", "sentence"),
    [
        ("one/worker/dance", b"{}", 404, "There is nothing at /api/runs/one/worker/dance."),
        ("gone/worker/cancel", b"", 404, "No run 'gone' is served here."),
        ("gone/worker/check", b"{}", 404, "No run 'gone' is served here."),
        ("one/worker/check", b"", 400, "The body is not JSON: "),
        ("one/worker/check", b"\xff\xfe", 400, "The body is not JSON: "),
        ("one/worker/check", b'{"images":0}', 422, "This is no ColumnsOrder: "),
        ("one/worker/connect", b'{"columns":"relu"}', 422, "This is no ColumnsOrder: "),
        ("one/worker/connect", b'{"columns":["nowhere"]}', 404, "The run has no layer"),
        ("one/worker/ablate", b'{"type":"ablate","removed":["relu",[0.5]]}', 422, "This is no AblateJob: "),
        ("one/worker/ablate", b'{"type":"ablate","images":0}', 422, "This is no AblateJob: "),
        ("one/worker/check", b" " * ((8 << 20) + 1), 413, "The request is too large."),
    ],
)
def test_what_is_wrong_with_an_order_is_said(
    tmp_path: Path, worker: Worker, address: str, body: bytes, status: int, sentence: str
) -> None:
    answer = client(tmp_path, worker).post(f"/api/runs/{address}", content=body)
    assert answer.status_code == status
    assert problem_of(answer).error.startswith(sentence)
    assert problem_of(answer).remedy


def test_the_clusters_of_an_order_are_those_of_the_run(tmp_path: Path, worker: Worker) -> None:
    """The worker of these tests answers everything alike: what it is asked is what counts."""
    asked = client(tmp_path, worker)
    answer = asked.post("/api/runs/one/worker/connect", content=b'{"columns":["fc","relu"],"images":1}')
    assert answer.status_code == 202
    done = until(lambda: state_of(asked), finished)
    assert (done.status, done.left) == ("done", None)


def test_orders_need_the_token_and_the_pages_own_origin(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker, token="secret")
    body = msgspec.json.encode(job(FINE))
    assert asked.post("/api/runs/one/worker/ablate", content=body).status_code == 401
    asked.cookies.set("cnnvis_token_80", "secret")
    foreign = asked.post("/api/runs/one/worker/ablate", content=body, headers={"origin": "http://elsewhere.example"})
    assert foreign.status_code == 403
    assert state_of(asked).status == "idle"
    assert asked.get("/api/runs/one/worker/ablate").status_code in {404, 405}
    assert asked.post("/api/runs/one/worker/ablate", content=body).status_code == 202


def test_a_server_that_only_shows_refuses_orders(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker, read_only=True)
    for order in ("ablate", "check", "cancel"):
        answer = asked.post(f"/api/runs/one/worker/{order}", content=b"{}")
        assert answer.status_code == 403
        assert problem_of(answer).error == "This server only shows its runs: nothing can be changed here."
    assert client(tmp_path / "other", None, read_only=True).get("/api/runs/one/worker").json()["how"] == ""
    assert state_of(asked).status == "idle"


def test_jobs_survive_the_wire() -> None:
    check = CheckJob(
        columns=("a", "b"), sources=(ClusterNeurons("a", (1, 2)),), targets=(ClusterNeurons("b", (0,)),), fill="mean"
    )
    connect = ConnectJob(columns=(ColumnClusters("a", ((1, 2), (0,))),), images=9)
    for sent in (check, connect, job(3)):
        assert msgspec.json.decode(msgspec.json.encode(sent), type=Job) == sent
    found = ConnectResult(images=3, pairs=1, seconds=2.5, data=b"\x00\xff")
    assert msgspec.json.decode(msgspec.json.encode(found), type=JobResult) == found
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"type":"check","columns":[],"sources":[],"targets":[],"fill":"noise"}', type=CheckJob)
