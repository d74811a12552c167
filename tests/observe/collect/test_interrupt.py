"""Ctrl-C never lands in the middle of adding up."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from cnnvis.observe.collect.interrupt import Interrupts


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Have Ctrl-C heard: a process that a shell started in the background ignores it from the start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_control_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    signal.sigpending()


def test_inside_a_shield_it_waits_until_the_end() -> None:
    interrupts = Interrupts()
    done: list[int] = []
    with interrupts.watching(), pytest.raises(KeyboardInterrupt):
        with interrupts.shielded():
            with interrupts.shielded():
                press_control_c()
                done.append(1)
            done.append(2)
        done.append(3)
    assert done == [1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_outside_a_shield_it_acts_at_once() -> None:
    interrupts = Interrupts()
    with interrupts.watching(), pytest.raises(KeyboardInterrupt):
        press_control_c()
        pytest.fail("went on after Ctrl-C")


def test_in_another_thread_nothing_is_taken_over() -> None:
    seen: list[object] = []

    def work() -> None:
        with Interrupts().watching():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]
