"""First signs of trouble: each is told once, and none of a training that goes well."""

import math

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.record.alarms import Alarms
from cnnvis.schema.series import Number

SOUND: dict[str, list[Number]] = {
    "dead": [0.0, 1.0, None], "neurons": [8.0, 8.0, 4.0], "after/saturated": [None, 0.1, None],
}  # fmt: skip


def alarms() -> Alarms:
    return Alarms(("relu1", "relu2", "head"), 4)


@given(st.lists(st.floats(0.5, 1.4), max_size=80))
def test_a_noisy_loss_is_no_sign(losses: list[float]) -> None:
    one = alarms()
    assert not any(one.loss(loss) for loss in losses)


def test_a_loss_that_rises_or_is_no_number_is_told_once() -> None:
    one = alarms()
    said = [one.loss(loss) for loss in [0.5] * 20 + [1.6, 1.7, math.nan, math.nan]]
    assert [sentence for sentence in said if sentence] == [
        "The loss is 1.6, 3.2 times what it was.",
        "The loss is nan.",
    ]


def test_layers_are_named_once() -> None:
    one = alarms()
    assert one.measured({}, SOUND) == ()
    bad = SOUND | {"dead": [0.0, 7.0, None], "after/saturated": [0.9, 0.1, None]}
    assert one.measured({}, bad) == ("88 % dead neurons in relu2.", "90 % saturated values in relu1.")
    assert one.measured({}, bad) == ()
    assert one.measured({"gradient/norm_all": 30.0, "weight/norm_all": 5.0}, SOUND) == (
        "The gradient is 6.0 times the weights.",
    )


def test_a_collapse_needs_answers_that_once_differed() -> None:
    one = alarms()
    assert one.measured({"output/top_share": 0.97}, {}) == ()  # untrained
    assert one.measured({"output/top_share": 0.4}, {}) == ()
    assert one.measured({"output/top_share": 0.97}, {}) == ("Nearly every image is predicted as one class.",)
    assert one.measured({"output/top_share": None}, {}) == ()
