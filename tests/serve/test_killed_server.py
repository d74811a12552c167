"""A server killed at any moment has lost nothing that it acknowledged."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import EditsRevision, EditsScene, Note
from cnnvis.store.reader import read_run
from tests.making.folder import write_run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

_NURSERY = """
import os, sys
from pathlib import Path
import uvicorn
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Note
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.launch import bind
from cnnvis.serve.runs import RunShelf
from cnnvis.store.reader import read_run

# An edit of another run imports all that is needed. Then every line asks for a new server, which is there in a moment.
Studio(read_run(sys.argv[2])).edits.make(Note(layer="relu", text="warm"))
for _ in sys.stdin:
    listener = bind("127.0.0.1", None)
    child = os.fork()
    if child == 0:
        app = create_app(RunShelf([Path(sys.argv[1])]), Guard("127.0.0.1", None))
        config = uvicorn.Config(app, log_level="critical", lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])
        os._exit(0)
    print(child, listener.getsockname()[1], flush=True)
    listener.close()
    os.waitpid(child, 0)
"""


@contextmanager
def nursery(run: Path, other: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", _NURSERY, str(run), str(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def born(servers: "subprocess.Popen[str]") -> tuple[int, int]:
    """Return the process and the port of a new server."""
    assert servers.stdin is not None
    assert servers.stdout is not None
    servers.stdin.write("\n")
    servers.stdin.flush()
    process, port = servers.stdout.readline().split()
    return int(process), int(port)


def post(connection: http.client.HTTPConnection, where: str, body: object) -> bytes:
    connection.request("POST", f"/api/runs/one/edits{where}", body=msgspec.json.encode(body))
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read()


def write_until_killed(process: int, port: int, delay: float, point: int) -> dict[int, str]:
    """Write notes, with an undo now and then, until the server is gone; return what it acknowledged, by revision."""
    said: dict[int, str] = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    killing = threading.Timer(delay, os.kill, [process, signal.SIGKILL])
    try:
        connection.request("GET", "/api/runs/one/edits/events?after=1000000")
        revision = msgspec.json.decode(connection.getresponse().read(), type=EditsRevision).revision
        while True:
            # Every other server is killed soon after its first answer, so that the edits go on also on a slow machine.
            if killing.ident is None and (point % 2 == 0 or said):
                killing.start()
            undo = len(said) % 5 == 4
            text = "" if undo else f"{point} {len(said)}"
            edit = {"type": "note", "layer": "relu", "text": text}
            body = {"revision": revision} if undo else {"revision": revision, "edit": edit}
            scene = msgspec.json.decode(post(connection, "/undo" if undo else "", body), type=EditsScene)
            revision = scene.revision
            said[revision] = text
    except (OSError, http.client.HTTPException, msgspec.DecodeError):
        # Gone in the middle of a request, of an answer, or before the first: what came whole is what counts.
        return said
    finally:
        connection.close()
        if killing.ident is None:
            killing.start()
        killing.join()


@pytest.mark.parametrize("points", [5, pytest.param(200, marks=pytest.mark.slow)])
def test_a_killed_server_has_lost_nothing_that_it_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    run = write_run(tmp_path / "one")
    rng = random.Random(11)
    acknowledged: dict[int, str] = {}
    with nursery(run, write_run(tmp_path / "other")) as servers:
        for point in range(points):
            process, port = born(servers)
            acknowledged |= write_until_killed(process, port, rng.random() * 0.1, point)
            rows = {row.revision: row for row in Studio(read_run(run)).edits._log.rows()}
            kept = {revision: row.edit.text if isinstance(row.edit, Note) else "" for revision, row in rows.items()}
            assert acknowledged.items() <= kept.items()
            # At most the edit that was being made when it was killed is there without having been acknowledged.
            assert len(kept) - len(acknowledged) <= point + 1
    assert len(acknowledged) >= points // 2
    assert Studio(read_run(run)).edits.scene().revision >= max(acknowledged)
