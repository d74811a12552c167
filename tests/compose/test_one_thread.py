"""One thread while it is wanted, as many as before afterwards."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from cnnvis.compose.one_thread import on_one_thread


def threads() -> set[int]:
    """Return the numbers of threads of the libraries for matrix products."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_inside_there_is_one_and_afterwards_as_many_as_before() -> None:
    before = threads()
    with on_one_thread():
        assert threads() == {1}
        with on_one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == before


def test_an_error_inside_changes_nothing() -> None:
    before = threads()
    with pytest.raises(ZeroDivisionError), on_one_thread():
        raise ZeroDivisionError
    assert threads() == before


def test_callers_take_turns() -> None:
    """Else the one that ends last would put back the one thread of the other, for ever."""
    before, seen = threads(), list[set[int]]()

    def work() -> None:
        with on_one_thread():
            seen.append(threads())

    others = [threading.Thread(target=work) for _ in range(4)]
    with on_one_thread():
        for other in others:
            other.start()
        assert seen == []
    for other in others:
        other.join()
    assert seen == [{1}] * 4
    assert threads() == before
