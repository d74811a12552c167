"""One address of the server as a declaration: what it takes, what it answers, what can go wrong.

From these declarations come the routes, the checks of what is sent, the OpenAPI description and the page of the
documentation. A new address is one more declaration in `serve/addresses`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, final

import msgspec
from msgspec import Meta, Struct

from cnnvis.compose.studio import Studio
from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.problems import JSON
from cnnvis.serve.services import Services
from cnnvis.serve.snapshots import AtSnapshot

Asked = TypeVar("Asked", bound=Struct)
Body = TypeVar("Body", bound=Struct | None)
Method = Literal["GET", "POST"]

LARGEST_BODY = 1 << 20
SECONDS = 300.0
"""After which an answer is no longer waited for: the first picture of a large run takes its time."""

LayerId = Annotated[str, Meta(min_length=1, max_length=500, description="Id of a layer, such as `layer2.0/relu#1`.")]
ClusterId = Annotated[
    str, Meta(min_length=1, max_length=500, description="Id of a cluster of the layer, such as `c3`.")
]
Version = Annotated[
    str, Meta(max_length=100, description="Version of the content, from the address in a scene: browsers may keep it.")
]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """For an address without parameters."""


@dataclass(frozen=True)
class Media:
    """An answer that is no JSON.

    Args:
        types: Media types that it can have.

    """

    types: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """JSON that is encoded already."""

    data: bytes


@dataclass(frozen=True, kw_only=True)
class File:
    """An answer that is no JSON, or that is sent bit by bit."""

    data: bytes | Iterable[bytes]
    media_type: str
    lasting: bool = False
    """Whether the browser may keep it for good: its address has the version of the content."""
    name: str = ""
    """Under which a browser saves it; empty: it shows it."""
    packed: bool = False
    """Whether compressing it again is a waste of time."""


@dataclass(frozen=True)
class Refused:
    """An error with more in it than sentences."""

    status: int
    body: Struct


Reply = Struct | list[Any] | Encoded | File | Refused
"""What an address gives back; a struct or a list is encoded as JSON."""


def as_file(reply: Reply) -> File:
    """Return a reply as it is sent: JSON where it is nothing else."""
    match reply:
        case File():
            return reply
        case Encoded(data=data):
            return File(data=data, media_type=JSON)
        case Refused(body=body):
            return File(data=msgspec.json.encode(body), media_type=JSON)
        case _:
            return File(data=msgspec.json.encode(reply), media_type=JSON)


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Generic[Asked, Body]):
    """What came with a request, checked, and what it can be answered with."""

    services: Services
    run: str
    """Id of the run in the address; empty where there is none."""
    asked: Asked
    body: Body
    until: float
    """Time of the monotonic clock after which nobody waits for the answer."""
    gone: Callable[[], Awaitable[bool]]
    """Whether who asked has left; for addresses that wait."""

    @property
    def studio(self) -> Studio:
        """The run of the address at the snapshot asked for; NotFoundError or RunError when it cannot be given."""
        shelf, asked = self.services.shelf, self.asked
        if isinstance(asked, AtSnapshot):
            return shelf.studio(self.run, step=asked.step, basis=asked.basis)
        return shelf.studio(self.run)


@dataclass(frozen=True, kw_only=True, eq=False)
class Address:
    """An address below ``api/``; made as `Get` or `Post`, which hold the types together."""

    method: ClassVar[Method]
    path: str
    """``{run}`` in it is the id of a run; other names in braces are fields of `asks`."""
    summary: str
    """What it is for, as a sentence for a table of contents."""
    work: Callable[[Call[Any, Any]], Reply | Awaitable[Reply]]
    """Answers; in a thread unless it is a coroutine. A KeyError means that something of the run is not there."""
    asks: type[Struct]
    answer: object
    """A type that msgspec encodes, or `Media`."""
    others: tuple[str, ...] = ()
    """Media types that can be asked for instead."""
    body: type[Any] | None
    """A struct; None: nothing is sent."""
    tells: str = ""
    """More than the summary, for the documentation."""
    status: int = 200
    errors: tuple[type[CnnvisError], ...] = ()
    """What can go wrong besides what every such address shares."""
    more: Mapping[int, type[Struct]] = field(default_factory=dict[int, type[Struct]])
    """Bodies of errors that are more than a `Problem`, by status."""
    changes: bool = False
    """Whether it changes something: a server that only shows its runs refuses it."""
    slow: bool = False
    """Whether it computes: few such answers are made at a time."""
    seconds: float = SECONDS
    largest: int = LARGEST_BODY
    """Bytes of the largest body."""
    missing: str = "layer"
    """What a KeyError is about."""

    @property
    def of_run(self) -> bool:
        """Whether it is about a run."""
        return "{run}" in self.path

    @property
    def tag(self) -> str:
        """The chapter of the documentation that it belongs to: the file that declares it."""
        return self.work.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """A name of its own, made of method and path."""
        words = [word.strip("{}") for word in self.path.replace(".", "-").split("/") if word != "{run}"]
        return "-".join([self.method.lower(), *words])


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Get(Address, Generic[Asked]):
    """An address for looking at something."""

    method: ClassVar[Method] = "GET"
    work: Callable[[Call[Asked, None]], Reply | Awaitable[Reply]]
    asks: type[Asked]
    body: None = field(default=None, init=False)


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Post(Address, Generic[Asked, Body]):
    """An address that a body is sent to, in JSON."""

    method: ClassVar[Method] = "POST"
    work: Callable[[Call[Asked, Body]], Reply | Awaitable[Reply]]
    asks: type[Asked]
    body: type[Body] | None
