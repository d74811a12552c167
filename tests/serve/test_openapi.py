"""The OpenAPI description: complete, whole, and what the server answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from cnnvis.serve.address import Address, Media
from cnnvis.serve.addresses import ADDRESSES
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.openapi import errors_of, openapi, openapi_address, types_of
from cnnvis.serve.parameters import fields_of
from cnnvis.serve.problems import status_of
from cnnvis.serve.runs import RunShelf

ALL = (*ADDRESSES, openapi_address(ADDRESSES))
DOCUMENT = json.loads(json.dumps(openapi(ALL)))


def operation(address: Address) -> dict[str, Any]:
    return DOCUMENT["paths"][f"/api/{address.path}"][address.method.lower()]


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_server_answers_it_and_describes_that_too() -> None:
    client = TestClient(create_app(RunShelf([]), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")
    answer = client.get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT
    assert DOCUMENT["openapi"] == "3.1.0"
    assert "/api/openapi.json" in DOCUMENT["paths"]


@pytest.mark.parametrize("address", ALL, ids=lambda address: address.name)
def test_everything_that_is_declared_is_described(address: Address) -> None:
    told = operation(address)
    assert (told["operationId"], told["summary"]) == (address.name, address.summary)
    parameters = {each["name"]: each for each in told["parameters"]}
    assert set(parameters) == set(fields_of(address.asks)) | ({"run"} if address.of_run else set())
    for name, field in fields_of(address.asks).items():
        assert parameters[name]["required"] == (field.required or parameters[name]["in"] == "path")
        assert "null" not in json.dumps(parameters[name]["schema"])
    assert ("requestBody" in told) == (address.body is not None)
    statuses = {str(status_of(kind)) for kind in errors_of(address)} | {str(address.status)}
    assert set(told["responses"]) == statuses
    content = told["responses"][str(address.status)]["content"]
    media = address.answer.types if isinstance(address.answer, Media) else ("application/json", *address.others)
    assert tuple(content) == media
    for status, kind in address.more.items():
        schema = told["responses"][str(status)]["content"]["application/json"]["schema"]
        assert schema["$ref"].endswith(f"/{kind.__name__}")


def test_every_reference_leads_somewhere_and_every_field_is_explained_or_plain() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {reference.rpartition("/")[2] for reference in references(DOCUMENT)} == set(schemas)
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(openapi(ALL)) == json.dumps(openapi(ALL))
    assert types_of(ADDRESSES) == types_of(ADDRESSES)
