"""Images that a person gives over HTTP: how large and how many they may be, and who may give them."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cnnvis.schema.worker import LARGEST_GIVEN, MOST_GIVEN
from cnnvis.serve.addresses.given import LARGEST
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker
from tests.making.folder import write_run
from tests.serve.worker.helpers import fake_worker

ANSWER = "/api/runs/run/worker/answer"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = fake_worker(tmp_path)
    yield made
    made.close()


def client(folder: Path, worker: Worker, *, read_only: bool = False) -> TestClient:
    app = create_app(RunShelf([write_run(folder / "run")]), Guard("127.0.0.1", None), worker, read_only=read_only)
    return TestClient(app, base_url="http://127.0.0.1")


def images(*sizes: int) -> bytes:
    """Return a request with images of so many bytes."""
    given = [
        {"name": f"{place}.png", "data": base64.b64encode(bytes(size)).decode()} for place, size in enumerate(sizes)
    ]
    return json.dumps({"images": given}).encode()


def idle(asked: TestClient) -> bool:
    return asked.get("/api/runs/run/worker").json()["status"] == "idle"


def test_the_limits_are_those_of_the_documentation() -> None:
    assert (LARGEST_GIVEN, MOST_GIVEN, LARGEST) == (8 << 20, 24, 48 << 20)


@pytest.mark.parametrize("sizes", [(LARGEST_GIVEN,), (10,) * MOST_GIVEN])
def test_up_to_the_limit_they_are_shown_to_the_network(tmp_path: Path, worker: Worker, sizes: tuple[int, ...]) -> None:
    assert client(tmp_path, worker).post(ANSWER, content=images(*sizes)).status_code == 202


@pytest.mark.parametrize(
    ("sizes", "status", "sentence"),
    [
        ((10, LARGEST_GIVEN + 1), 413, "1.png is too large. Give images of at most 8 MB."),
        ((10,) * (MOST_GIVEN + 1), 422, "This is no GivenImages: "),
        ((), 422, "This is no GivenImages: "),
    ],
)
def test_larger_ones_and_more_are_refused(
    tmp_path: Path, worker: Worker, sizes: tuple[int, ...], status: int, sentence: str
) -> None:
    asked = client(tmp_path, worker)
    answer = asked.post(ANSWER, content=images(*sizes))
    assert answer.status_code == status
    assert f"{answer.json()['error']} {answer.json()['remedy']}".startswith(sentence)
    assert idle(asked)


def test_a_request_of_more_than_48_mb_is_refused_whatever_is_in_it(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker)
    # Each of them is small enough; together they are not.
    body = images(*(7 << 20,) * 6)
    assert len(body) > LARGEST
    answer = asked.post(ANSWER, content=body)
    assert answer.status_code == 413
    assert answer.json() == {"error": "The request is too large.", "remedy": f"Send at most {LARGEST:,} bytes."}
    assert idle(asked)


def test_where_nothing_may_be_changed_no_image_is_taken(tmp_path: Path, worker: Worker) -> None:
    asked = client(tmp_path, worker, read_only=True)
    answer = asked.post(ANSWER, content=images(10))
    assert answer.status_code == 403
    assert "--read-only" in answer.json()["remedy"]
    assert idle(asked)
