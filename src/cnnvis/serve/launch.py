"""Starting the server: a free port, the address to open, the browser."""

import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import uvicorn

from cnnvis.schema.errors import ServeError
from cnnvis.serve.announce import TOKEN_VARIABLE, Place, hosts_of_proxies
from cnnvis.serve.app import served
from cnnvis.serve.base_path import read_base_path
from cnnvis.serve.guard import Guard
from cnnvis.serve.headers import header_values
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker import Worker
from cnnvis.store.reader import Run, read_run

FIRST_PORT = 8750
PORTS_TRIED = 50
DEMO_RUN = Path(__file__).parents[1] / "demo_run"
_MOST_CONNECTIONS = 500


def demo_run() -> Path:
    """Return the small finished run that comes with the package.

    Raises:
        ServeError: This copy of the package was built without it.

    """
    if not (DEMO_RUN / "run.json").is_file():
        message = "This copy of cnnvis has no finished demo run."
        raise ServeError(message, "Make one with `cnnvis demo --train`.")
    return DEMO_RUN


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """How runs are served.

    Args:
        host: Address to bind. Off the loopback address a token is needed, which is printed with the address; the
            environment variable CNNVIS_TOKEN can give one, for any address.
        port: Port to bind; a free one from 8750 upwards when not given.
        browser: Whether to open a browser; never over SSH.
        allowed: Further names of this server, for proxies that pass on the name they were asked by.
        base_path: Path below which a proxy shows the page, or the page's whole address there; see `read_base_path`.
        frames: Origins of pages that may show the page in a frame.
        read_only: Whether edits and orders to the worker are refused.
        worker: Words of the command that runs the worker with the network; None: what needs it is not offered.

    """

    host: str = "127.0.0.1"
    port: int | None = None
    browser: bool = True
    allowed: tuple[str, ...] = ()
    base_path: str = ""
    frames: tuple[str, ...] = ()
    read_only: bool = False
    worker: tuple[str, ...] | None = None


class _Server(uvicorn.Server):
    """Tells those who wait for news when it ends, so that it ends at once."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._services.seats.close()
        super().handle_exit(sig, frame)


def open_runs(runs: Sequence[Path], options: ServeOptions | None = None) -> None:
    """Serve these run folders until Ctrl-C, and open the page.

    Args:
        runs: Run folders; the page starts with the list when there are several.
        options: How they are served.

    Raises:
        ServeError: The port is taken, the address cannot be bound, or an option makes no sense.

    """
    options = options or ServeOptions()
    header_values(options.frames)
    base = read_base_path(options.base_path, options.port or FIRST_PORT)
    allowed = (*options.allowed, *([base.host] if base.host else []), *hosts_of_proxies(os.environ))
    guard = Guard.for_host(options.host, os.environ.get(TOKEN_VARIABLE), allowed=allowed)
    listener = bind(options.host, options.port)
    port = listener.getsockname()[1]
    base = read_base_path(options.base_path, port)
    place = Place(host=options.host, port=port, base=base, token=guard.token)
    services = Services(RunShelf(runs), Worker(options.worker), options.read_only)
    app = served(services, guard, base_path=base.path, frames=options.frames)
    sys.stdout.write(place.announcement(os.environ))
    sys.stdout.flush()
    if options.browser and "SSH_CONNECTION" not in os.environ:
        # The listener accepts connections already: the browser waits for the server to take them up. Everybody on this
        # machine can see which address it is started with, so that holds no token, but a ticket for a single use.
        address = replace(place, token=guard.ticket()).address(os.environ)
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=3,
    )
    try:
        _Server(config, services).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        services.worker.close()
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
    open_runs([path], ServeOptions(port=port, browser=browser))


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
