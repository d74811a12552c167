"""The web application: the page, and the scene of each run as JSON, atlases and images."""

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from cnnvis.compose.studio import Studio
from cnnvis.schema.connection_scene import ConnectionMode
from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.edits import edit_routes
from cnnvis.serve.guard import Guard
from cnnvis.serve.responses import NotFoundError, answering_problems, json_response, problem
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.worker import Worker, worker_routes

PAGE = Path(__file__).parent / "page"
_FOREVER = "private, max-age=31536000, immutable"
GZIP_LEVEL = 5
"""Nearly as small as the most thorough level, in a third of its time."""
_MODES: dict[str, ConnectionMode] = {"weights": "weights", "contribution": "contribution"}
_NO_PAGE = (
    "<!doctype html><meta charset=utf-8><title>cnnvis</title><body style='font:16px sans-serif;margin:3em'>"
    "<h1>The page is not built</h1><p>Run <code>make build</code> in the repository, or install the wheel.</p>"
)


def create_app(shelf: RunShelf, guard: Guard, worker: Worker | None = None) -> Starlette:
    """Return the application that offers the shelf's runs, and a worker's services, to whom the guard lets in."""

    def list_runs(_: Request) -> Response:
        return json_response(shelf.entries())

    routes: list[BaseRoute] = [
        Route("/api/runs", answering_problems(list_runs)),
        *(_run_route(shelf, name, answer) for name, answer in _ANSWERS.items()),
        *edit_routes(shelf),
        *worker_routes(shelf, worker or Worker(None)),
        Route("/api/{rest:path}", _no_such_address),
        _page_route(),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(guard.middleware),
            Middleware(GZipMiddleware, minimum_size=2048, compresslevel=GZIP_LEVEL),
        ],
    )


def _run_route(shelf: RunShelf, name: str, answer: Callable[[Studio, Request], Response]) -> Route:
    def handler(request: Request) -> Response:
        studio = shelf.studio(request.path_params["run"])
        try:
            return answer(studio, request)
        except KeyError as error:
            message = f"The run has no {name} {error.args[0]!r}."
            raise NotFoundError(message, "Reload the page: the run may have been analysed anew.") from error

    return Route(f"/api/runs/{{run}}/{name}", answering_problems(handler))


def _no_such_address(request: Request) -> Response:
    error = CnnvisError(f"There is nothing at {request.url.path}.", "See the documentation of the server's addresses.")
    return problem(error, 404)


def _page_route() -> BaseRoute:
    if (PAGE / "index.html").is_file():
        return Mount("/", StaticFiles(directory=PAGE, html=True))
    return Route("/", _say_that_the_page_is_not_built)


def _say_that_the_page_is_not_built(_: Request) -> Response:
    return HTMLResponse(_NO_PAGE, status_code=503)


def _parameter(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if value is None:
        message = f"The address lacks the parameter {name!r}."
        raise NotFoundError(message, f"Add ?{name}=...")
    return value


def _number(request: Request, name: str) -> int:
    value = _parameter(request, name)
    if not value.isdecimal() or len(value) > 18:
        message = f"The parameter {name!r} is {value!r}, not a whole number."
        raise NotFoundError(message, f"Give ?{name}=12, for example.")
    return int(value)


def _scene(studio: Studio, _: Request) -> Response:
    return Response(studio.scene_bytes(), media_type="application/json")


def _graph(studio: Studio, _: Request) -> Response:
    return json_response(studio.run.graph)


def _layer(studio: Studio, request: Request) -> Response:
    return Response(studio.layer_bytes(_parameter(request, "id")), media_type="application/json")


def _neuron(studio: Studio, request: Request) -> Response:
    return json_response(studio.neuron(_parameter(request, "id")))


def _connections(studio: Studio, request: Request) -> Response:
    share = _share(request)
    data = studio.connections_bytes(request.query_params.getlist("column"), _mode(request), share)
    return Response(data, media_type="application/json")


def _path(studio: Studio, request: Request) -> Response:
    start = (
        _number(request, "class")
        if "class" in request.query_params
        else (_parameter(request, "layer"), _parameter(request, "cluster"))
    )
    return json_response(studio.path(request.query_params.getlist("column"), _mode(request), start))


def _mode(request: Request) -> ConnectionMode | None:
    value = request.query_params.get("mode")
    if value is None:
        return None
    if value not in _MODES:
        message = f"The parameter 'mode' is {value!r}."
        raise NotFoundError(message, "Give ?mode=weights or ?mode=contribution.")
    return _MODES[value]


def _share(request: Request) -> float:
    value = request.query_params.get("share", "0.8")
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        message = f"The parameter 'share' is {value!r}, not a number from 0 to 1."
        raise NotFoundError(message, "Give ?share=0.8, for example.")
    return share


def _atlas(studio: Studio, request: Request) -> Response:
    data = studio.atlas_bytes(_parameter(request, "layer"))
    return Response(data, media_type="image/png", headers=_lasting(request))


def _matrix(studio: Studio, request: Request) -> Response:
    data = studio.matrix_bytes(_parameter(request, "layer"), _parameter(request, "facet"))
    # Half-precision numbers hardly shrink, and packing megabytes of them takes longer than sending them.
    headers = {**_lasting(request), "Content-Encoding": "identity"}
    return Response(data, media_type="application/octet-stream", headers=headers)


def _class_order(studio: Studio, request: Request) -> Response:
    layer, cluster, facet = (_parameter(request, name) for name in ("layer", "cluster", "facet"))
    return Response(studio.class_order_bytes(layer, cluster, facet), media_type="application/json")


def _image(studio: Studio, request: Request) -> Response:
    data, media_type = studio.run.pictures.file(_number(request, "sample"))
    return Response(data, media_type=media_type, headers=_lasting(request))


def _lasting(request: Request) -> dict[str, str]:
    """Let the browser keep what is addressed with the content's version."""
    return {"Cache-Control": _FOREVER if "v" in request.query_params else "no-cache"}


_ANSWERS: dict[str, Callable[[Studio, Request], Response]] = {
    "scene": _scene,
    "graph": _graph,
    "layer": _layer,
    "neuron": _neuron,
    "atlas": _atlas,
    "connections": _connections,
    "path": _path,
    "matrix": _matrix,
    "class-order": _class_order,
    "image": _image,
}
