"""Threads for work and seats for waiting: never more than there are, first come, first served."""

import asyncio
import threading
import time

import pytest

from cnnvis.serve import crew as module
from cnnvis.serve.crew import Crew, Seats
from cnnvis.serve.problems import CrowdedError


def test_what_comes_of_a_job_comes_back_and_errors_too() -> None:
    async def ask() -> None:
        crew = Crew(2, waiting=4)
        assert await crew.do(lambda: 6 * 7, seconds=10) == 42
        with pytest.raises(ZeroDivisionError):
            await crew.do(lambda: 1 // 0, seconds=10)

    asyncio.run(ask())


def test_never_more_jobs_at_once_than_threads_and_in_their_order() -> None:
    lock, now, most, order = threading.Lock(), 0, 0, []

    def job(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            order.append(number)
        time.sleep(0.01)
        with lock:
            now -= 1
        return number

    async def ask() -> list[int]:
        crew = Crew(3, waiting=100)
        return await asyncio.gather(*(crew.do(lambda number=number: job(number), seconds=30) for number in range(30)))

    assert asyncio.run(ask()) == list(range(30))
    assert most == 3
    assert all(abs(place - number) < 6 for place, number in enumerate(order))


def test_who_comes_when_too_many_wait_is_sent_away() -> None:
    async def ask() -> None:
        crew, go = Crew(1, waiting=2), threading.Event()
        busy = [asyncio.create_task(crew.do(go.wait, seconds=30))]
        await asyncio.sleep(0.05)
        busy += [asyncio.create_task(crew.do(go.wait, seconds=30)) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(CrowdedError, match=r"too much to do\. Try again"):
            await crew.do(lambda: None, seconds=30)
        go.set()
        assert await asyncio.gather(*busy) == [True] * 3

    asyncio.run(ask())


def test_what_takes_too_long_is_not_waited_for_and_others_are_answered() -> None:
    async def ask() -> None:
        crew, go, begun = Crew(2, waiting=9), threading.Event(), []

        def slow() -> None:
            begun.append(1)
            go.wait(20)

        with pytest.raises(CrowdedError, match=r"This takes longer than 0\.05 seconds\."):
            await crew.do(slow, seconds=0.05)
        assert await crew.do(lambda: "answered", seconds=10) == "answered"
        # A job that nobody waits for any more is not even begun.
        other = asyncio.create_task(crew.do(slow, seconds=20))
        await asyncio.sleep(0.05)
        with pytest.raises(CrowdedError):
            await crew.do(slow, seconds=0.01)
        go.set()
        await other
        assert await crew.do(lambda: len(begun), seconds=10) == 2

    asyncio.run(ask())


def test_idle_threads_end_and_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE_SECONDS", 0.05)
    crew = Crew(4, waiting=100)

    def threads() -> int:
        return sum(thread.name == "cnnvis answers" for thread in threading.enumerate())

    async def ask() -> None:
        await asyncio.gather(*(crew.do(lambda: time.sleep(0.01), seconds=20) for _ in range(8)))

    before = threads()
    for _ in range(5):
        asyncio.run(ask())
        end = time.monotonic() + 20
        while threads() > before and time.monotonic() < end:
            time.sleep(0.02)
        assert threads() <= before


def test_many_short_jobs_between_idle_times_are_all_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that are about to end must not leave a job behind."""
    monkeypatch.setattr(module, "_IDLE_SECONDS", 0.001)

    async def ask() -> None:
        crew = Crew(2, waiting=100)
        for number in range(300):
            await asyncio.sleep(0.001 * (number % 3))
            assert await crew.do(lambda number=number: number, seconds=20) == number

    asyncio.run(ask())


def test_seats_are_given_back() -> None:
    seats = Seats(2)
    with seats.taken(), seats.taken(), pytest.raises(CrowdedError, match="Too many pages wait"), seats.taken():
        pass
    with pytest.raises(ZeroDivisionError), seats.taken():
        raise ZeroDivisionError
    with seats.taken(), seats.taken():
        pass


def test_who_waits_is_told_when_it_is_time() -> None:
    async def ask() -> None:
        seats = Seats(1)
        assert await seats.pause(0.01, until=time.monotonic() + 10)
        assert not await seats.pause(5, until=time.monotonic() + 0.01)
        seats.close()
        assert not await seats.pause(0.01, until=time.monotonic() + 10)

    asyncio.run(ask())
