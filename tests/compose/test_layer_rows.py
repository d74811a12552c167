"""The rows of the table of layers: what can be made of what was measured, and where healthy networks lie."""

import numpy as np
import pytest

from cnnvis.compose.layer_rows import LAYER_ROWS, limits, rows_of, sample, window
from cnnvis.schema.series import QUANTITIES

STEPS = np.arange(5, 45, 5)


def measured(**values: object) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {
        name.replace("__", "/"): (STEPS, np.broadcast_to(np.asarray(value, np.float64), (len(STEPS), 2)).copy())
        for name, value in values.items()
    }


def test_every_row_is_made_of_quantities_that_are_recorded() -> None:
    for row in LAYER_ROWS:
        assert all(QUANTITIES[name].axis == "unit" for name in row.needs), row.id
        assert row.definition.endswith(".")
        assert row.healthy is None or row.healthy.words.endswith(".")
    assert len({row.id for row in LAYER_ROWS}) == len(LAYER_ROWS)


def test_only_what_was_measured_makes_rows() -> None:
    found = rows_of(measured(after__mean=0.5, dead=[2.0, np.nan], neurons=[8.0, 4.0], gradient__norm=1.0))
    assert [row.id for row in found] == ["activation-mean", "dead", "gradient-norm"]
    both = rows_of(measured(gradient__norm=1.0, weight__norm=4.0))
    assert [row.id for row in both] == ["gradient", "weights"]
    assert rows_of({}) == ()


def test_rows_without_a_number_are_left_out_where_that_says_nothing() -> None:
    assert rows_of(measured(after__saturated=np.nan)) == ()
    assert [row.id for row in rows_of(measured(after__saturated=[np.nan, 0.2]))] == ["saturated"]


def test_shares_ratios_and_totals() -> None:
    given = measured(
        dead=[2.0, np.nan], neurons=[8.0, 4.0], gradient__norm=[1.0, 2.0], weight__norm=[4.0, 0.0],
        nonfinite=[1.0, np.nan], weight__nonfinite=[2.0, np.nan], gradient__nonfinite=[np.nan, np.nan],
    )  # fmt: skip
    rows = {row.id: row.values(given) for row in rows_of(given)}
    made = {name: both[1][0].tolist() for name, both in rows.items() if both is not None}
    assert made["dead"] == pytest.approx([0.25, np.nan], nan_ok=True)
    assert made["gradient"] == [0.25, np.inf]
    assert made["nonfinite"] == pytest.approx([3.0, np.nan], nan_ok=True)


def test_a_step_that_is_just_being_written_is_waited_for() -> None:
    given = measured(gradient__norm=1.0, weight__norm=2.0)
    given["weight/norm"] = (STEPS[:-1], given["weight/norm"][1][:-1])
    row = next(row for row in LAYER_ROWS if row.id == "gradient")
    made = row.values(given)
    assert made is not None
    assert made[0].tolist() == STEPS[:-1].tolist()
    given["weight/norm"] = (STEPS[:-1] + 1, given["weight/norm"][1])
    assert row.values(given) is None


def test_a_window_keeps_the_steps_next_to_it_and_a_sample_is_spread() -> None:
    given = measured(after__mean=0.5)
    assert window(given, 12, 22)["after/mean"][0].tolist() == [10, 15, 20, 25]
    assert window(given, 0, 3)["after/mean"][0].tolist() == [5]
    assert window(given, 90, 95)["after/mean"][0].tolist() == [40]
    assert sample(given, most=4)["after/mean"][0].tolist() == [5, 15, 25, 35]


def test_limits_hold_the_healthy_range_and_leave_the_rarest_out() -> None:
    rows = {row.id: row for row in LAYER_ROWS}
    values = np.full((1000, 2), 0.5)
    assert limits(rows["activation-mean"], values) == (-2.0, 2.5)
    values[0, 0] = 1e9
    assert limits(rows["activation-mean"], values) == (-2.0, 2.5)
    assert limits(rows["zeros"], values) == (0.0, 1.0)
    assert limits(rows["nonfinite"], np.zeros((5, 2))) == (0.0, 1.0)
    assert limits(rows["gradient"], np.array([[0.0, 1e-6], [np.nan, np.inf]])) == pytest.approx((1e-6, 1.0))
    assert limits(rows["gradient"], np.zeros((5, 2))) is None
    assert limits(rows["activation-gradient"], np.full((5, 2), 0.1)) == pytest.approx((0.1, 0.1))
