"""The OpenAPI description of the server, made from the declared addresses."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from cnnvis.schema.errors import CnnvisError, RunError
from cnnvis.schema.scene import Problem
from cnnvis.serve.address import Address, Call, Encoded, Get, Media, Nothing, Reply
from cnnvis.serve.parameters import fields_of
from cnnvis.serve.problems import (
    JSON,
    AccessError,
    BodyError,
    CrowdedError,
    LongAddressError,
    NotFoundError,
    ParameterError,
    ReadOnlyError,
    SchemaError,
    SlowRequestError,
    TokenError,
    TooLargeError,
    meaning_of,
    status_of,
)

OPENAPI_VERSION = "3.1.0"
API_VERSION = "1"
"""Raised by a change that programs would notice as a mistake."""
Document = dict[str, Any]

_ABOUT = (
    "What `cnnvis open` serves. Addresses are relative to the page, which may live below a path of another server. "
    "Off the loopback address, and where CNNVIS_TOKEN is set, requests need the token: `Authorization: Bearer TOKEN`. "
    "Errors are sentences: what is wrong, and what to do."
)
_RUN = {
    "name": "run",
    "in": "path",
    "required": True,
    "description": "Id of a run, from the list of runs.",
    "schema": {"type": "string", "minLength": 1},
}
_REFERENCE = "#/components/schemas/{name}"


def openapi_address(addresses: Sequence[Address]) -> Address:
    """Return the address of the description of these addresses, which describes itself too."""

    def work(_: Call[Nothing, None]) -> Reply:
        return Encoded(msgspec.json.encode(openapi((*addresses, own))))

    own = Get(
        path="openapi.json",
        work=work,
        asks=Nothing,
        answer=dict[str, Any],
        summary="This description of all addresses.",
    )
    return own


def openapi(addresses: Iterable[Address]) -> Document:
    """Return the description of these addresses."""
    addresses = tuple(addresses)
    paths: Document = {}
    for address in addresses:
        paths.setdefault(f"/api/{address.path}", {})[address.method.lower()] = _operation(address)
    _, components = msgspec.json.schema_components(
        [*types_of(addresses), *bodies_of(addresses)], ref_template=_REFERENCE
    )
    return {
        "openapi": OPENAPI_VERSION,
        "info": {"title": "cnnvis", "version": API_VERSION, "description": _ABOUT},
        "servers": [{"url": "..", "description": "The folder that this description's own folder stands in."}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def types_of(addresses: Iterable[Address]) -> list[Any]:
    """Return all types that are answered: answers and errors."""
    found: list[Any] = [Problem]
    for address in addresses:
        found += [*address.more.values(), *([] if isinstance(address.answer, Media) else [address.answer])]
    return found


def bodies_of(addresses: Iterable[Address]) -> list[Any]:
    """Return all types that are sent to the server."""
    return [address.body for address in addresses if address.body is not None]


def _operation(address: Address) -> Document:
    operation: Document = {
        "operationId": address.name,
        "tags": [address.tag],
        "summary": address.summary,
        "parameters": ([_RUN] if address.of_run else []) + _parameters(address),
        "responses": {str(status): answer for status, answer in sorted(_responses(address).items())},
    }
    if address.tells:
        operation["description"] = address.tells
    if address.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _schema(address.body)}}}
    return operation


def _parameters(address: Address) -> list[Document]:
    described: list[Document] = []
    for name, schema in _properties(address.asks).items():
        in_path = f"{{{name}}}" in address.path
        entry: Document = {"name": name, "in": "path" if in_path else "query"}
        required = in_path or fields_of(address.asks)[name].required
        stated = _stated(schema)
        description = stated.pop("description", stated.get("items", {}).get("description", ""))
        entry |= {"required": required, **({"description": description} if description else {})}
        described.append({**entry, "schema": stated})
    return described


def _properties(asks: type[Struct]) -> Document:
    _, definitions = msgspec.json.schema_components((asks,))
    return dict(definitions[asks.__name__].get("properties", {}))


def _stated(schema: Document) -> Document:
    """Return a parameter's schema without null: in an address, nothing is said by leaving the parameter out."""
    schema = {key: value for key, value in schema.items() if key != "default" or value not in (None, (), "")}
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
    return schema


def _responses(address: Address) -> dict[int, Document]:
    answers: dict[int, Document] = {}
    for kind in errors_of(address):
        status = status_of(kind)
        meaning = meaning_of(kind)
        before = answers.get(status, {}).get("description", "")
        body = _schema(address.more.get(status, Problem))
        answers[status] = {
            "description": f"{before} {meaning}".strip() if meaning not in before else before,
            "content": {JSON: {"schema": body}},
        }
    answers[address.status] = {"description": address.summary, "content": _content(address)}
    return answers


def errors_of(address: Address) -> list[type[CnnvisError]]:
    """Return all kinds of errors that an address can be answered with, each once."""
    kinds: list[type[CnnvisError]] = [TokenError, AccessError, LongAddressError, ParameterError, CrowdedError]
    kinds += [NotFoundError, RunError] if address.of_run else []
    kinds += [SlowRequestError, TooLargeError] if address.method == "POST" else []
    kinds += [BodyError, SchemaError] if address.body is not None else []
    kinds += [ReadOnlyError] if address.changes else []
    return list(dict.fromkeys([*kinds, *address.errors]))


def _content(address: Address) -> Document:
    answer = address.answer
    media = answer.types if isinstance(answer, Media) else address.others
    files: Document = {each: {"schema": {"type": "string", "format": "binary"}} for each in media}
    return files if isinstance(answer, Media) else {JSON: {"schema": _schema(answer)}, **files}


def _schema(kind: Any) -> Document:  # noqa: ANN401 - whatever msgspec encodes
    (schema,), _ = msgspec.json.schema_components((kind,), ref_template=_REFERENCE)
    return schema
