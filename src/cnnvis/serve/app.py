"""The web application: the page, and below ``api/`` the declared addresses."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.base_path import Prefixed
from cnnvis.serve.built_page import INDEX, PAGE
from cnnvis.serve.guard import Guard
from cnnvis.serve.handler import FOREVER, Handler
from cnnvis.serve.headers import Headed, header_values
from cnnvis.serve.openapi import openapi_address
from cnnvis.serve.problems import DESCRIBED, MethodError, NotFoundError, problem
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker

GZIP_LEVEL = 5
"""Nearly as small as the most thorough level, in a third of its time."""
_NO_PAGE = (
    "<!doctype html><meta charset=utf-8><title>cnnvis</title><h1>The page is not built</h1>"
    "<p>Run <code>make build</code> in the repository, or install the wheel.</p>"
)


def create_app(
    shelf: RunShelf,
    guard: Guard,
    worker: Worker | None = None,
    *,
    read_only: bool = False,
    base_path: str = "",
    frames: Sequence[str] = (),
) -> ASGIApp:
    """Return the application that offers the shelf's runs, and a worker's services, to whom the guard lets in.

    Args:
        shelf: The runs.
        guard: Who may ask.
        worker: The process with the network; None: what needs it is not offered.
        read_only: Whether edits and orders to the worker are refused.
        base_path: Path of a proxy that it lives below, see `read_base_path`.
        frames: Origins of pages that may show it in a frame.

    Raises:
        ServeError: One of the frames is no origin.

    """
    return served(Services(shelf, worker or Worker(None), read_only), guard, base_path=base_path, frames=frames)


def served(services: Services, guard: Guard, *, base_path: str = "", frames: Sequence[str] = ()) -> ASGIApp:
    """Return the application around services; arguments and errors as for `create_app`."""
    packing = Middleware(GZipMiddleware, minimum_size=2048, compresslevel=GZIP_LEVEL)
    inner = _application([_api(services), *_page_routes()], [packing])
    return Headed(Prefixed(guard.middleware(inner), base_path), header_values(frames))


def addresses_alone(services: Services) -> ASGIApp:
    """Return what answers the declared addresses below ``api/``, for those who are in this process already."""
    return _application([_api(services)], [])


def _api(services: Services) -> Mount:
    routes = Handler(services).routes((*ADDRESSES, openapi_address(ADDRESSES)))
    # Redirecting to an address with or without a slash would name a host and a path that a proxy may have changed.
    return Mount("/api", Router(routes, redirect_slashes=False))


def _application(routes: Sequence[BaseRoute], middleware: Sequence[Middleware]) -> Starlette:
    handlers = {HTTPException: _refused, Exception: _failed}
    application = Starlette(routes=routes, middleware=middleware, exception_handlers=handlers)
    application.router.redirect_slashes = False
    return application


def _no_such_address(request: Request) -> Response:
    return problem(NotFoundError(f"There is nothing at {request.url.path[:200]}.", DESCRIBED))


def _refused(request: Request, error: Exception) -> Response:
    """Say in our own way what the framework found wrong with an address."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        allowed = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
        answer = problem(MethodError(f"{request.url.path[:200]} is not there for {request.method}.", DESCRIBED))
        answer.headers["Allow"] = ", ".join(sorted(allowed.split(", ")))
        return answer
    answer = _no_such_address(request)
    answer.status_code = status
    return answer


def _failed(_: Request, __: Exception) -> Response:
    """Answer where we made a mistake; the server prints where."""
    return problem(CnnvisError("This is a mistake in cnnvis.", "Please report it with what the server has printed."))


def _page_routes() -> list[BaseRoute]:
    if not (PAGE / INDEX).is_file():
        return [Route("/", _say_that_the_page_is_not_built)]
    # The names of these files change with their content.
    assets = Headed(StaticFiles(directory=PAGE / "assets", check_dir=False), {"Cache-Control": FOREVER})
    return [Mount("/assets", assets), Mount("/", StaticFiles(directory=PAGE, html=True))]


def _say_that_the_page_is_not_built(_: Request) -> Response:
    return HTMLResponse(_NO_PAGE, status_code=503)
