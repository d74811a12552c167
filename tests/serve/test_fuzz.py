"""The whole server, fuzzed from its own description: no failure, nothing from outside the runs, answers as declared."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import HealthCheck, settings

from cnnvis.serve.addresses import ADDRESSES, edits
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.openapi import openapi, openapi_address
from cnnvis.serve.runs import RunShelf
from tests.compose.test_tables import whole_run
from tests.serve.serving import serving
from tests.serve.worker.helpers import fake_worker

schemathesis = pytest.importorskip("schemathesis", reason="fuzzing needs schemathesis (pip install '.[dev]')")

ROOT = Path(__file__).parents[2]
SECRET = "what-nobody-may-see"
WORKER_FILE = "fake_worker.py"
KNOWN = {
    "run": ["run"],
    "id": ["relu", "fc", "relu:0", "fc:2"],
    "layer": ["relu", "fc"],
    "unit": ["relu", "fc"],
    "column": ["relu", "fc"],
    "cluster": ["c1", "c2"],
    "to": ["c1", "c2"],
    "sample": [0, 3],
    "class": [0, 2],
    "revision": [0, 1, 2],
}
"""Values that lead somewhere, which a fuzzer would hardly find."""
LIBRARIES = "/proc/self/maps"
"""Which libraries the process has loaded: threadpoolctl reads it, to compute connections on one thread."""
FOLDERS = (sys.prefix, sys.base_prefix, str(Path(sys.prefix).resolve()), str(ROOT / "src"), str(ROOT / ".venv"))
ALLOWED = (*FOLDERS, LIBRARIES)


@pytest.fixture(scope="module")
def opened() -> list[str]:
    """The files that the server's threads have opened."""
    found: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        opening = event in ("open", "sqlite3.connect", "os.listdir", "os.scandir")
        if opening and isinstance(arguments[0], str) and threading.current_thread().name.startswith("cnnvis"):
            found.append(arguments[0])

    sys.addaudithook(watch)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """A server with a whole run, and a worker that does as it is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIS_DATA", str(folder / "data"))
        patch.setattr(edits, "LONGEST_WAIT", 0.05)
        run = whole_run(folder)
        (folder / "secret.txt").write_text(SECRET)
        worker = fake_worker(folder)
        app = create_app(RunShelf([run.path]), Guard.for_host("127.0.0.1"), worker)
        with serving(app) as port:
            yield f"http://127.0.0.1:{port}/"
        worker.close()


def hinted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name not in KNOWN or "$ref" in schema:
        return schema
    schema = deepcopy(schema)
    if schema.get("type") == "array":
        return {**schema, "items": hinted(name, schema["items"])}
    return {"anyOf": [{"enum": KNOWN[name]}, schema]}


def description() -> dict[str, Any]:
    """What the server says of itself (see `test_openapi`), with some values that lead somewhere."""
    document = json.loads(json.dumps(openapi((*ADDRESSES, openapi_address(ADDRESSES)))))
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = hinted(parameter["name"], parameter["schema"])
    for component in document["components"]["schemas"].values():
        for name, schema in component.get("properties", {}).items():
            component["properties"][name] = hinted(name, schema)
    return document


quick, whole = (schemathesis.openapi.from_dict(description()) for _ in range(2))
# Every limit of every field from both sides: of the file of edits alone that makes hundreds of requests.
quick.config.phases.coverage.enabled = False


def checked(case: Any, address: str, opened: list[str], allowed: tuple[str, ...]) -> None:
    """Send a request, and hold what comes and what was opened against what was promised."""
    response = case.call(base_url=address)
    assert SECRET.encode() not in response.content
    # Well-formed requests may name what is not there, and 414 is a refusal that schemathesis does not count as one.
    excluded = [schemathesis.checks.positive_data_acceptance]
    excluded += [schemathesis.checks.negative_data_rejection] if response.status_code == 414 else []
    case.validate_response(response, excluded_checks=excluded)
    found = outside(opened, allowed)
    opened.clear()
    assert found == []


def outside(opened: list[str], allowed: tuple[str, ...]) -> list[str]:
    """Return what was opened that is neither of these files nor within these folders."""
    paths = [Path(os.path.normpath(path.removeprefix("file://").partition("?")[0])) for path in opened]
    return [str(path) for path in paths if not any(path.is_relative_to(each) for each in allowed)]


@pytest.fixture(scope="module")
def allowed(folder: Path) -> tuple[str, ...]:
    """The run, where edits are kept otherwise, and what the worker is made of: nothing else beside them."""
    return (*(str(folder / name) for name in ("run", "data", WORKER_FILE)), *ALLOWED)


def examples(count: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=checks)


def test_what_the_server_opens_is_seen(address: str, opened: list[str], folder: Path) -> None:
    """Else the tests below would find nothing outside, whatever was opened."""
    opened.clear()
    with urlopen(f"{address}api/runs/run/image?sample=3", timeout=60) as answer:
        assert answer.status == 200
    assert opened
    assert any(path.startswith(str(folder / "run")) for path in opened)


def test_what_lies_beside_the_run_is_outside(folder: Path, allowed: tuple[str, ...]) -> None:
    inside = [str(folder / "run" / "run.json"), f"file://{folder}/data/x.sqlite?mode=ro", LIBRARIES]
    beside = [str(folder / "secret.txt"), str(folder / "run-2"), str(folder), f"{folder}/run/../secret.txt"]
    assert outside(inside, allowed) == []
    assert outside([*inside, *beside], allowed) == [os.path.normpath(path) for path in beside]


@quick.parametrize()
@examples(20)
def test_no_request_makes_the_server_fail(case: Any, address: str, opened: list[str], allowed: tuple[str, ...]) -> None:
    checked(case, address, opened, allowed)


@pytest.mark.slow
@whole.parametrize()
@examples(100)
def test_no_request_of_many_makes_the_server_fail(
    case: Any, address: str, opened: list[str], allowed: tuple[str, ...]
) -> None:
    checked(case, address, opened, allowed)
