"""Run folders behind the real server, on a free port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker


@contextmanager
def serving(
    paths: list[Path],
    *,
    guard: Guard | None = None,
    read_only: bool = False,
    base_path: str = "",
    worker: Worker | None = None,
) -> Iterator[tuple[str, RunShelf]]:
    """Serve these runs; yields the address of the page and the shelf they stand on."""
    import uvicorn

    from cnnvis.serve.app import create_app
    from cnnvis.serve.launch import bind

    shelf = RunShelf(paths)
    listener = bind("127.0.0.1", None)
    app = create_app(shelf, guard or Guard.for_host("127.0.0.1"), worker, read_only=read_only, base_path=base_path)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{base_path}/", shelf
    finally:
        server.should_exit = True
        thread.join(timeout=10)
