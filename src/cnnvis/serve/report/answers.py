"""What the server would answer, without a server: the declared addresses are worked on directly."""

import math
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, unquote

import msgspec

from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.address import Address, Call, Encoded, File, Refused, Reply
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.parameters import read_parameters
from cnnvis.serve.problems import JSON, NotFoundError
from cnnvis.serve.services import Services

_NOT_IN_REPORTS = frozenset({"v", "step", "basis"})


@dataclass(frozen=True)
class Answer:
    """One answer: its bytes, and what they are."""

    data: bytes
    media_type: str

    @property
    def is_json(self) -> bool:
        """Whether it is JSON."""
        return self.media_type == JSON


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
    """Answers to what may be asked for with GET.

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
            return _encoded(cast("Reply", declared.work(call)))
        except KeyError as error:
            raise NotFoundError(f"The run has no {declared.missing} {error.args[0]!r}.", "Analyse it again.") from error


def _find(path: str) -> tuple[Address, dict[str, str]]:
    for declared in ADDRESSES:
        names = _match(declared.path, path) if declared.method == "GET" else None
        if names is not None:
            return declared, names
    raise NotFoundError(f"There is nothing at {path}.", "See the description of the addresses.")


def _match(template: str, path: str) -> dict[str, str] | None:
    """Return the names in braces with what stands in their place; None where the path is another one."""
    parts, found = template.split("/"), path.split("/")
    named: dict[str, str] = {}
    for part, text in zip(parts, found, strict=False):
        if part.startswith("{"):
            named[part.strip("{}")] = unquote(text)
        elif part != text:
            return None
    return named if len(parts) == len(found) else None


def _encoded(reply: Reply) -> Answer:
    match reply:
        case File(data=bytes(data), media_type=media_type):
            return Answer(data, media_type)
        case File(data=parts, media_type=media_type):
            return Answer(b"".join(cast("list[bytes]", parts)), media_type)
        case Encoded(data=data):
            return Answer(data, JSON)
        case Refused():
            raise CnnvisError("This cannot be answered here.", "Open the run with `cnnvis open`.")
        case _:
            return Answer(msgspec.json.encode(reply), JSON)


async def _stays() -> bool:
    return False
