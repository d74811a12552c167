"""What the server would answer, without a server: the declared addresses are worked on directly."""

import inspect
import math
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, unquote

from starlette.routing import compile_path

from cnnvis.serve.address import Address, Call, Reply, as_file
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.parameters import read_parameters
from cnnvis.serve.problems import NotFoundError
from cnnvis.serve.services import Services

_NOT_IN_REPORTS = frozenset({"v", "step", "basis"})
_PATHS = [
    (compile_path(f"/{declared.path}")[0], declared)
    for declared in ADDRESSES
    if declared.method == "GET" and not inspect.iscoroutinefunction(declared.work)
]
"""Addresses that are answered at once, each with what its paths look like."""


@dataclass(frozen=True)
class Answer:
    """One answer: its bytes, and what they are."""

    data: bytes
    media_type: str


def key_of(address: str) -> str:
    """Return an address below ``api/`` in the form that reports know it by.

    That is unescaped, without a version or a snapshot (a report is of one), and with parameters in the order of their
    names; those of one name stay in their order. The page does the same (web/src/api/report.ts).
    """
    path, _, query = address.partition("?")
    named = (pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in _NOT_IN_REPORTS)
    asked = sorted(named, key=lambda pair: pair[0])
    return unquote(path) + ("?" if asked else "") + "&".join(f"{name}={value}" for name, value in asked)


class Answers:
    """Answers to what may be asked for with GET and is answered at once.

    Args:
        services: What the addresses work with.

    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def get(self, address: str) -> Answer:
        """Return the answer of an address below ``api/``, as a page would ask for it.

        Raises:
            NotFoundError: There is nothing at this address.
            CnnvisError: It cannot be answered.

        """
        path, _, query = address.partition("?")
        declared, names = _find(path)
        call = Call(
            services=self._services,
            run=names.pop("run", ""),
            asked=read_parameters(declared.asks, parse_qsl(query, keep_blank_values=True), names),
            body=None,
            until=math.inf,
            gone=_stays,
        )
        try:
            file = as_file(cast("Reply", declared.work(call)))
        except KeyError as error:
            raise NotFoundError(f"The run has no {declared.missing} {error.args[0]!r}.", "Analyse it again.") from error
        return Answer(file.data if isinstance(file.data, bytes) else b"".join(file.data), file.media_type)


def _find(path: str) -> tuple[Address, dict[str, str]]:
    """Return the address that a path leads to, with what stands in the place of the names in braces."""
    for pattern, declared in _PATHS:
        found = pattern.fullmatch(f"/{path}")
        if found is not None:
            return declared, {name: unquote(text) for name, text in found.groupdict().items()}
    raise NotFoundError(f"There is nothing at {path}.", "See the description of the addresses.")


async def _stays() -> bool:
    return False
