"""A real server on a free port, and raw requests to it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from cnnvis.serve.launch import bind


@dataclass(frozen=True)
class Raw:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Serve an application; yields its port."""
    with bind("127.0.0.1", None) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def send(port: int, *parts: bytes, timeout: float = 20) -> bytes:
    """Send bytes as they stand, and return all that comes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while data := connection.recv(1 << 16):
            answer += data
    return answer


def ask(port: int, target: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Raw:
    """Send a request whose target is not tidied; underscores in header names stand for hyphens."""
    given = {"Host": f"127.0.0.1:{port}", "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        given["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    # In one piece: a refusal that comes while the body is still on its way would be lost with the connection.
    return parse(send(port, f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body))


def parse(answer: bytes) -> Raw:
    """Read an answer whose body is not chunked."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Raw(int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, body)
