"""What is measured, and when a snapshot is taken, keeps within its share of the time on a made-up clock."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.observe.record.pace import EARLY, Cost, Pace, SnapshotSchedule


def simulated(steps: int, plain: float, extra: float, own: float, share: float) -> tuple[Pace, list[int], float]:
    """Train with steps of these lengths; return the measured steps and the share that measuring took."""
    pace, clock, measured = Pace(share), 0.0, list[int]()
    for step in range(1, steps + 1):
        wanted = pace.wanted(step, clock)
        seconds = plain + (extra if wanted else 0.0)
        clock += seconds + (own if wanted else 0.0)
        pace.note(measured=wanted, seconds=seconds, own=own if wanted else 0.0)
        if wanted:
            measured.append(step)
    return pace, measured, len(measured) * (extra + own) / clock


@settings(max_examples=25)
@given(
    plain=st.floats(1e-3, 1.0),
    extra=st.floats(0.0, 0.5),
    own=st.floats(1e-4, 0.5),
    share=st.sampled_from([0.01, 0.025]),
)
def test_a_long_training_stays_within_the_share(plain: float, extra: float, own: float, share: float) -> None:
    steps = 1500
    pace, measured, taken = simulated(steps, plain, extra, own, share)
    assert measured[:EARLY] == [1, 2, 3, 4, 5]
    early = EARLY * (extra + own) / (steps * plain)
    assert taken <= share + early + 1e-9
    # And it is used: no coarser than twice what could be afforded.
    if early < share / 4 and pace.stride > 1:
        assert pace.expected > share * (pace.stride / 2 * plain + pace.expected) or pace.stride == 1


def test_cheap_measuring_is_done_always_but_for_three_steps() -> None:
    _, measured, _ = simulated(100, 1.0, 0.0, 0.001, 0.025)
    assert len(measured) == 97


def test_a_fixed_choice_depends_on_the_step_alone() -> None:
    pace = Pace(0.025, every=10)
    assert [step for step in range(1, 35) if pace.wanted(step, 0.0)] == [1, 10, 20, 30]
    pace.note(measured=True, seconds=1.0, own=100.0)
    assert pace.wanted(40, 1.0)


def test_snapshots_are_dense_early_and_sparse_later() -> None:
    schedule = SnapshotSchedule(None)
    taken: list[int] = []
    for step in range(1, 101):
        if schedule.due(step, 0.0):
            schedule.note(step, 1.0)
            taken.append(step)
    assert taken == [1, 2, 4, 7, 11, 17, 26, 40, 61, 92]


def test_snapshots_keep_to_their_share_and_leave_room_for_the_last() -> None:
    schedule = SnapshotSchedule(0.025)
    schedule.note(0, 1.0)
    taken = [step for step in range(1, 1001) if schedule.due(step, float(step)) and not schedule.note(step, 1.0)]
    assert schedule.taken == len(taken) + 1
    assert taken[0] == 120  # 1 s spent, one second now, one at the end
    assert schedule.spent + 1.0 <= 0.025 * 1000 + 1.0


def test_chosen_snapshots_are_taken_exactly() -> None:
    schedule = SnapshotSchedule(0.001, frozenset({3, 5}))
    assert [step for step in range(10) if schedule.due(step, 0.0)] == [3, 5]


def test_the_cost_says_what_it_was() -> None:
    cost = Cost(seconds=1.0, elapsed=50.0, steps=100, measured=7, snapshots=3)
    assert cost.share == pytest.approx(0.02)
    assert str(cost) == "Recorded 100 steps, 7 of them layer by layer, with 3 snapshots: 1.0 s of 50.0 s (2.0 %)."
    assert Cost(seconds=0.0, elapsed=0.0, steps=0, measured=0, snapshots=0).share == 0.0
