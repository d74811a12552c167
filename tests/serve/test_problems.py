"""Every kind of error has a status, and a sentence that says what it means."""

import inspect

import pytest

from cnnvis.compose import edits
from cnnvis.schema import errors
from cnnvis.schema.errors import CnnvisError
from cnnvis.serve import problems
from cnnvis.serve.problems import meaning_of, problem, status_of
from cnnvis.serve.worker import process

KINDS = {
    kind
    for module in (errors, edits, problems, process)
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, CnnvisError)
}


@pytest.mark.parametrize("kind", sorted(KINDS, key=lambda kind: kind.__name__))
def test_every_kind_has_a_status_and_a_meaning(kind: type[CnnvisError]) -> None:
    assert 400 <= status_of(kind) <= 503
    assert meaning_of(kind).endswith(".")
    assert "\n" not in meaning_of(kind)


def test_what_is_the_clients_mistake_is_never_500() -> None:
    ours = {kind.__name__ for kind in KINDS if status_of(kind) == 500}
    assert ours == {"CnnvisError", "ModelError", "CheckpointError", "DataError", "RunError", "ServeError"}


def test_a_closer_kind_goes_before_the_one_it_belongs_to() -> None:
    assert status_of(errors.RunError) == 500
    assert status_of(errors.LockedError) == 503
    assert status_of(errors.AbsentError) == 404
    assert status_of(edits.ConflictError) == 409


def test_an_answer_says_what_is_wrong_and_what_to_do() -> None:
    answer = problem(problems.TooLargeError("The request is too large.", "Send less."))
    assert answer.status_code == 413
    assert bytes(answer.body) == b'{"error":"The request is too large.","remedy":"Send less."}'
    assert answer.headers["connection"] == "close"


def test_for_a_person_it_is_a_page_without_their_marks() -> None:
    answer = problem(problems.AccessError("No <b>.", "Go & look."), page=True)
    assert answer.status_code == 403
    assert b"<h1>No &lt;b&gt;.</h1><p>Go &amp; look.</p>" in bytes(answer.body)
    assert b"style" not in bytes(answer.body)
