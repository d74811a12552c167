"""What is measured, and when a snapshot is taken, keeps within its share of the time on a made-up clock."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.observe.record.pace import EARLY, MEASURED_GROWTH, SPARSE, Cost, Pace, SnapshotSchedule


def simulated(steps: int, plain: float, extra: float, own: float, share: float) -> tuple[Pace, list[int], float]:
    """Train with steps of these lengths; return the measured steps and the share that measuring took."""
    pace, clock, measured, following = Pace(share), 0.0, list[int](), 0
    for step in range(1, steps + 1):
        if step > pace.next:
            pace.next = following
        if step == pace.next:
            following = pace.following(clock)
            assert following > step
        wanted = pace.wanted(step)
        seconds = plain + (extra if wanted else 0.0)
        clock += seconds + (own if wanted else 0.0)
        pace.note(measured=wanted, seconds=seconds, own=own if wanted else 0.0)
        if wanted:
            measured.append(step)
    return pace, measured, len(measured) * (extra + own) / clock


def forced(steps: int) -> int:
    """How many steps are measured whatever that costs."""
    count, step = EARLY, float(EARLY)
    while step * MEASURED_GROWTH <= steps:
        count, step = count + 1, max(step + 1, int(step * MEASURED_GROWTH))
    return count


@settings(max_examples=40)
@given(
    plain=st.floats(1e-3, 1.0),
    extra=st.floats(0.0, 0.5),
    own=st.floats(1e-4, 0.5),
    share=st.sampled_from([0.01, 0.025]),
    steps=st.integers(20, 1500),
)
def test_a_training_stays_within_the_share_and_is_seen_to_its_end(
    plain: float, extra: float, own: float, share: float, steps: int
) -> None:
    _, measured, taken = simulated(steps, plain, extra, own, share)
    assert measured[:EARLY] == [1, 2, 3, 4, 5]
    must = forced(steps)
    assert taken <= share + must * (extra + own) / (steps * plain) + 1e-9
    # Wherever it stops, the last measured step lies in the last fifth, and at least as many as must be were measured.
    assert measured[-1] * MEASURED_GROWTH + 1 >= steps
    assert len(measured) >= must - 1
    assert all(later <= max(one + 1, int(one * MEASURED_GROWTH)) for one, later in pairwise(measured[EARLY - 1 :]))


def test_the_budget_is_used() -> None:
    """A measured step costs as much as a plain one; with a fortieth of the time, one in forty can be measured."""
    _, measured, taken = simulated(4000, 1.0, 0.0, 1.0, 0.025)
    assert taken > 0.02
    assert max(later - one for one, later in pairwise(measured) if one > 2000) <= 45


def test_cheap_measuring_is_done_at_nearly_every_step_and_ever_more_rarely_in_a_long_training() -> None:
    _, measured, _ = simulated(100, 1.0, 0.0, 0.001, 0.025)
    assert len(measured) > 90
    _, measured, _ = simulated(6000, 1.0, 0.0, 0.0, 0.025)
    assert measured[-1] - measured[-2] == measured[-2] // SPARSE


def test_after_a_restart_the_early_steps_come_again() -> None:
    """Only when the probe images are there can layers be measured."""
    pace = Pace(0.025)
    pace.restart(9)
    assert [step for step in range(5, 12) if pace.wanted(step)] == [9]
    assert pace.following(1.0) == 10
    pace.next = 14
    assert pace.following(1.0) == 8 + int(6 * MEASURED_GROWTH)


def test_a_fixed_choice_depends_on_the_step_alone() -> None:
    pace = Pace(0.025, every=10)
    assert [step for step in range(1, 35) if pace.wanted(step)] == [1, 10, 20, 30]
    pace.note(measured=True, seconds=1.0, own=100.0)
    assert pace.wanted(40)


def test_snapshots_are_dense_early_and_sparse_later() -> None:
    schedule = SnapshotSchedule(None)
    taken: list[int] = []
    for step in range(1, 101):
        if schedule.due(step, 0.0) == "all":
            schedule.note(step, 1.0)
            taken.append(step)
    assert taken == [1, 2, 4, 7, 11, 17, 26, 40, 61, 92]


def taken(schedule: SnapshotSchedule, steps: int, whole: float, few: float) -> list[tuple[int, str]]:
    """Train for steps of a second; return the snapshots and on how many images."""
    schedule.few = 0.25
    schedule.note(0, few, whole=False)
    found: list[tuple[int, str]] = []
    for step in range(1, steps + 1):
        size = schedule.due(step, float(step))
        if size:
            schedule.note(step, whole if size == "all" else few, whole=size == "all")
            found.append((step, size))
    return found


def test_snapshots_keep_to_their_share_and_leave_room_for_the_last() -> None:
    schedule = SnapshotSchedule(0.025)
    found = taken(schedule, 4000, whole=1.0, few=0.4)
    # On few images first, at a pace that is slow enough for any budget; on all of them as soon as that can be paid for.
    assert [one for one in found if one[0] <= 64] == [(1, "few"), (4, "few"), (16, "few"), (64, "few")]
    assert found[-1][1] == "all"
    assert schedule.spent + 1.0 <= 0.025 * 4000
    sizes = [size for _, size in found]
    assert sizes == sorted(sizes, reverse=True)


def test_few_images_are_taken_for_more_than_they_cost_until_all_were_measured() -> None:
    schedule = SnapshotSchedule(0.025)
    schedule.few = 0.25
    schedule.note(0, 0.4, whole=False)
    assert not schedule.affordable(0.0, 63.0)  # 0.4 spent, and 1.6 for the last
    assert schedule.affordable(0.0, 81.0)
    schedule.note(1, 1.0)
    assert schedule.affordable(0.0, 97.0)  # 1.4 spent, and 1.0 for the last


def test_chosen_snapshots_are_taken_exactly() -> None:
    schedule = SnapshotSchedule(0.001, frozenset({3, 5}))
    assert [step for step in range(10) if schedule.due(step, 0.0) == "all"] == [3, 5]


def test_the_cost_says_what_it_was() -> None:
    cost = Cost(seconds=1.0, elapsed=50.0, steps=100, measured=7, snapshots=3)
    assert cost.share == pytest.approx(0.02)
    assert str(cost) == "Recorded 100 steps, 7 of them layer by layer, with 3 snapshots: 1.0 s of 50.0 s (2.0 %)."
    assert Cost(seconds=0.0, elapsed=0.0, steps=0, measured=0, snapshots=0).share == 0.0
