"""The application as a whole: what lies outside the declared addresses, attacks on paths, and the page's headers."""

from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.scene import Problem
from cnnvis.serve import app as application
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from tests.making.folder import write_run

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html>the page")
    (page / "assets" / "a-1b2c.js").write_text("// code")
    (tmp_path / "secret.txt").write_text("what nobody may see")
    (page / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(application, "PAGE", page)
    runs = [write_run(tmp_path / "one"), write_run(tmp_path / "two words"), write_run(tmp_path / "other" / "one")]
    app = create_app(RunShelf(runs), Guard("127.0.0.1", None))
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def problem_of(content: bytes) -> Problem:
    return msgspec.json.decode(content, type=Problem)


@pytest.mark.parametrize(
    "address", ["/", "/api/runs", "/api/runs/one/scene", "/api/none", "/none", "/assets/a-1b2c.js"]
)
def test_every_answer_has_the_headers(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] in ("private, no-cache", "private, max-age=31536000, immutable")


def test_only_what_is_named_by_its_content_is_kept_by_the_browser(client: TestClient) -> None:
    kept = ["/assets/a-1b2c.js", "/api/runs/one/image?sample=0&v=1", "/api/runs/one/atlas?layer=relu&v=1"]
    fresh = ["/", "/assets/none.js", "/api/runs/one/image?sample=0", "/api/runs/one/image?sample=99&v=1", "/api/runs"]
    assert ["immutable" in client.get(address).headers["cache-control"] for address in kept] == [True] * 3
    assert ["immutable" in client.get(address).headers["cache-control"] for address in fresh] == [False] * 5


def test_several_runs_stand_under_names_of_their_own(client: TestClient) -> None:
    assert [entry["id"] for entry in client.get("/api/runs").json()] == ["one", "two words", "one-2"]
    for name in ("one", "two%20words", "one-2"):
        assert client.get(f"/api/runs/{name}/scene").status_code == 200


ATTACKS = [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/assets/../../secret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/link.txt",
    "//secret.txt",
    "/%00",
    "/assets/%00.js",
    "/api/runs/../secret.txt",
    "/api/runs/..%2f..%2fsecret.txt/scene",
    "/api/runs/%2e%2e/scene",
    "/api/runs/one%2f..%2ftwo/scene",
    "/api/runs/one%00/scene",
    "/api/runs/one/image?sample=..%2f..%2fsecret.txt",
    "/api/runs/one/layer?id=..%2f..%2fsecret.txt",
    "/api/runs/one/atlas?layer=%2fetc%2fpasswd",
    "/api/runs/one/table/..%2f..%2fsecret?format=csv",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_path_leads_out_of_the_runs(client: TestClient, attack: str) -> None:
    """As far as a client lets them through; `test_attacks` sends such paths as they stand."""
    answer = client.get(attack)
    assert answer.status_code in (200, 404, 422)
    assert b"nobody may see" not in answer.content
    if answer.status_code != 200:
        assert problem_of(answer.content).remedy


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST", "TRACE", "QUERY"])
def test_other_methods_are_refused_with_those_that_there_are(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/runs/one/scene")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert problem_of(answer.content).error == f"/api/runs/one/scene is not there for {method}."


def test_both_methods_of_an_address_are_named(client: TestClient) -> None:
    assert set(client.delete("/api/runs/one/edits").headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert client.head("/api/runs/one/edits").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_is_not_there_is_said_with_the_way_to_the_description(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/else")
    assert answer.status_code == 404
    assert problem_of(answer.content) == Problem(
        error="There is nothing at /api/else.", remedy="api/openapi.json describes every address."
    )


def test_a_mistake_of_ours_is_answered_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: RunShelf) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RunShelf, "entries", fail)
    answer = client.get("/api/runs")
    assert answer.status_code == 500
    assert problem_of(answer.content).error == "This is a mistake in cnnvis."
    assert answer.headers["content-security-policy"] == POLICY


def test_without_a_page_it_is_said_how_to_build_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "PAGE", tmp_path / "none")
    app = create_app(RunShelf([]), Guard("127.0.0.1", None))
    answer = TestClient(app, base_url="http://127.0.0.1").get("/")
    assert answer.status_code == 503
    assert "make build" in answer.text
    assert "style" not in answer.text


def test_a_damaged_run_is_said(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "one" / "run.json").write_bytes(b"{")
    answer = client.get("/api/runs/one/scene")
    assert answer.status_code == 500
    assert "truncated or damaged" in problem_of(answer.content).error
    assert [bool(entry["error"]) for entry in client.get("/api/runs").json()] == [True, False, False]
