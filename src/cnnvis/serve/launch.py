"""Starting the server: a free port, the address with the port-forward line over SSH, the browser."""

import getpass
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvicorn

from cnnvis.schema.errors import ServeError
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard, is_loopback
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker
from cnnvis.store.reader import Run, read_run

FIRST_PORT = 8750
PORTS_TRIED = 50
DEMO_RUN = Path(__file__).parents[1] / "demo_run"


def demo_run() -> Path:
    """Return the small finished run that comes with the package.

    Raises:
        ServeError: This copy of the package was built without it.

    """
    if not (DEMO_RUN / "run.json").is_file():
        message = "This copy of cnnvis has no finished demo run."
        raise ServeError(message, "Make one with `cnnvis demo --train`.")
    return DEMO_RUN


def open_runs(
    runs: Sequence[Path],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    browser: bool = True,
    worker: Sequence[str] | None = None,
) -> None:
    """Serve these run folders until Ctrl-C, and open the page.

    Args:
        runs: Run folders; the page starts with the list when there are several.
        host: Address to bind. Off the loopback address a token is needed, which is printed with the address.
        port: Port to bind; a free one from 8750 upwards when not given.
        browser: Whether to open a browser; never over SSH.
        worker: Words of the command that runs the worker with the network; None: what needs it is not offered.

    Raises:
        ServeError: The port is taken or the address cannot be bound.

    """
    guard = Guard.for_host(host, os.environ.get("CNNVIS_TOKEN"))
    listener = bind(host, port)
    taken = listener.getsockname()[1]
    address = page_address(host, taken, guard.token)
    sys.stdout.write(announcement(address, taken, os.environ))
    sys.stdout.flush()
    helper = Worker(worker)
    config = uvicorn.Config(create_app(RunShelf(runs), guard, helper), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    if browser and "SSH_CONNECTION" not in os.environ:
        # The listener accepts connections already: the browser waits for the server to take them up.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        helper.close()
        listener.close()


def open_run(run: Run | str | Path, *, port: int | None = None, browser: bool = True) -> None:
    """Show a run in the browser; returns after Ctrl-C.

    Args:
        run: An opened run, as `cnnvis.analyze` returns it, or the path of a run folder.
        port: Port to bind; a free one when not given.
        browser: Whether to open a browser.

    Raises:
        RunError: There is no run at this path, or it cannot be opened.
        ServeError: The port is taken.

    """
    path = run.path if isinstance(run, Run) else read_run(run).path
    open_runs([path], port=port, browser=browser)


def bind(host: str, port: int | None) -> socket.socket:
    """Return a listening socket on this port, or on the first free one when none is given.

    Raises:
        ServeError: The port is taken, or the address is not this machine's.

    """
    candidates = [port] if port is not None else [*range(FIRST_PORT, FIRST_PORT + PORTS_TRIED), 0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason = ""
    for candidate in candidates:
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        else:
            return listener
    message = f"Port {candidates[0]} on {host} cannot be used ({reason})."
    raise ServeError(message, "Choose another with --port, or leave it out to get a free one.")


def page_address(host: str, port: int, token: str | None) -> str:
    """Return the address to open in a browser."""
    shown = "127.0.0.1" if is_loopback(host) else (socket.gethostname() if host in {"0.0.0.0", "::"} else host)  # noqa: S104 (naming the wildcard, not binding it)
    bracketed = f"[{shown}]" if ":" in shown else shown
    return f"http://{bracketed}:{port}/" + (f"?token={token}" if token else "")


def announcement(address: str, port: int, environment: Mapping[str, str]) -> str:
    """Return what is printed at the start; over SSH with the line that forwards the port."""
    lines = [f"cnnvis is at {address}  (Ctrl-C ends it)"]
    if connection := environment.get("SSH_CONNECTION"):
        server = connection.split()[2]
        lines.append("You are on a remote machine. Run this on your own, then open the address there:")
        lines.append(f"  ssh -N -L {port}:127.0.0.1:{port} {getpass.getuser()}@{server}")
    return "\n".join(lines) + "\n"
