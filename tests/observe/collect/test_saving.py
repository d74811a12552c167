"""When the state is saved."""

import pytest

from cnnvis.observe.collect import saving
from cnnvis.observe.collect.saving import SavePlan, next_wait


def test_soon_then_ever_more_rarely_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(saving, "perf_counter", lambda: now)
    plan = SavePlan()
    saved: list[float] = []
    while now < 320:
        now += 0.25
        if plan.due():
            with plan.saving():
                saved.append(now - 100)
    assert saved == [3, 9, 21, 45, 93, 153, 213]


def test_a_dear_save_is_repeated_so_rarely_that_it_takes_a_hundredth_of_the_time() -> None:
    assert next_wait(3.0, 0.001) == 6.0
    assert next_wait(48.0, 0.1) == 60.0
    assert next_wait(60.0, 5.0) == pytest.approx(500.0)
