"""Answers without a server are those of the server, and addresses have one form in reports."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.app import served
from cnnvis.serve.guard import Guard
from cnnvis.serve.problems import NotFoundError
from cnnvis.serve.report.answers import Answers, key_of
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from tests.making.folder import write_run

ADDRESSES = [
    "runs",
    "runs/two%20words/scene",
    "runs/two%20words/graph",
    "runs/two%20words/worker",
    "runs/two%20words/layer?id=relu",
    "runs/two%20words/neuron?id=relu%3A1",
    "runs/two%20words/atlas?layer=relu&v=3",
    "runs/two%20words/matrix?layer=relu&facet=contributions",
    "runs/two%20words/class-order?layer=relu&cluster=c1&facet=activations",
    "runs/two%20words/image?sample=0",
    "runs/two%20words/table/layers",
    "runs/two%20words/table/layers?format=csv",
]


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(RunShelf([write_run(tmp_path / "two words")]), Worker(None), read_only=True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_they_are_those_of_the_server(services: Services, address: str) -> None:
    app = served(services, Guard("127.0.0.1", None))
    wanted = TestClient(app, base_url="http://127.0.0.1").get(f"/api/{address}")
    found = Answers(services).get(address)
    assert wanted.status_code == 200
    assert found.data == wanted.content
    assert found.media_type == wanted.headers["content-type"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("none", "There is nothing at none."),
        ("runs/two%20words/edits/events", "There is nothing at runs/two%20words/edits/events."),
        ("runs/two%20words", "There is nothing at runs/two%20words."),
        ("runs/two%20words/layer?id=ghost", "The run has no layer 'ghost'."),
        ("runs/other/scene", "No run 'other' is served here."),
    ],
)
def test_what_is_not_there_is_said(services: Services, address: str, sentence: str) -> None:
    with pytest.raises(NotFoundError, match=sentence):
        Answers(services).get(address)


def test_what_is_asked_wrongly_is_said(services: Services) -> None:
    with pytest.raises(CnnvisError, match="lacks the parameter 'id'"):
        Answers(services).get("runs/two%20words/layer")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("runs", "runs"),
        ("runs/a%20b/scene", "runs/a b/scene"),
        ("runs/a/image?sample=3&v=9", "runs/a/image?sample=3"),
        ("runs/a/matrix?facet=activations&layer=l%231", "runs/a/matrix?facet=activations&layer=l#1"),
        ("runs/a/connections?share=0.8&column=b&column=a+c", "runs/a/connections?column=b&column=a c&share=0.8"),
        ("runs/a/layer?v=1", "runs/a/layer"),
    ],
)
def test_an_address_has_one_form(address: str, key: str) -> None:
    assert key_of(address) == key


@given(st.permutations(["a=1", "a=2", "b=3", "v=4"]))
def test_only_the_order_within_a_name_matters(asked: list[str]) -> None:
    first, second = [pair for pair in asked if pair.startswith("a")]
    assert key_of(f"x?{'&'.join(asked)}") == f"x?{first}&{second}&b=3"
