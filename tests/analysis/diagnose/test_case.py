"""What rules read from a training."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnvis.analysis.diagnose.case import columns_median, late, onset
from cnnvis.schema.series import Curve, Event
from tests.making.training import CLASSES, MEASURED, STEPS, case, curve, curves, falling

NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.lists(st.booleans()))
def test_onset_is_the_start_of_the_last_unbroken_stretch(above: list[bool]) -> None:
    found = onset(np.array(above, bool))
    starts = [start for start in range(len(above)) if all(above[start:])]
    assert found == (min(starts) if starts else None)


@given(arrays.arrays(np.float64, arrays.array_shapes(min_dims=2, max_dims=2), elements=NUMBERS))
def test_medians_leave_out_what_is_not_finite(values: np.ndarray) -> None:
    found = columns_median(values, values.shape[1])
    for column, median in zip(values.T, found, strict=True):
        finite = sorted(value for value in column if math.isfinite(value))
        if not finite:
            assert math.isnan(median)
        else:
            middle = len(finite) // 2
            assert median == pytest.approx(
                (finite[middle] + finite[-middle - 1]) / 2 if len(finite) % 2 == 0 else finite[middle]
            )


def test_late_is_the_last_quarter() -> None:
    values = np.arange(1.0, STEPS + 1)
    one = case({"output/top_share": curve(values)})
    assert one.late_from == 75
    assert one.late("output/top_share") == np.median(values[74:])
    assert math.isnan(one.late("never"))
    assert math.isnan(late(Curve(steps=np.array([1]), values=np.array([np.inf])), 0))


def test_losses_and_chance() -> None:
    one = case({"loss": curve(falling(1.5, 0.1))})
    assert one.chance == math.log(CLASSES)
    assert one.first_loss == pytest.approx(np.mean(falling(1.5, 0.1)[:3]))
    assert one.late_loss == pytest.approx(np.mean(falling(1.5, 0.1)[74:]))
    assert not one.stuck
    assert case({"loss": curve(1.38)}).stuck
    broken = falling()
    broken[80] = math.nan
    assert case({"loss": curve(broken)}).late_loss == math.inf


def test_accuracy_is_the_users_else_the_recorders() -> None:
    assert case().late_accuracy > 0.8
    read = case({"metric/train/accuracy": None, "output/accuracy": curve(0.5)})
    assert read.late_accuracy == 0.5
    assert math.isnan(case({"metric/train/accuracy": None}).late_accuracy)


def test_chance_is_no_measure_for_other_losses() -> None:
    squared = Event(step=1, time=0.0, name="loss", names=("MseLoss",))
    assert not case(events=[squared]).cross_entropy
    assert not case({"loss": curve(1.38)}, events=[squared]).stuck
    assert case().cross_entropy


def test_blank_inputs() -> None:
    assert case(None, {"input/std": curves(0.0, 3)}).blank
    assert not case().blank
    assert not case(None, {"input/std": None}).blank
    assert not case(None, {"input/std": curves(np.nan, 3)}).blank


def test_unmeasured_quantities_are_empty() -> None:
    one = case(None, {"silent": None})
    assert one.per_unit("silent").values.shape == (0, 3)
    assert np.isnan(one.late_per_unit("silent")).all()
    assert len(one.metric("test", "loss").steps) == 0
    assert one.weight_units({"conv2.weight", "none"}) == (1,)
    assert [unit.id for unit in one.known_units()] == ["relu1", "relu2", "head"]


def test_a_quantity_is_there_from_its_first_measured_step_on() -> None:
    late = np.where(MEASURED[:, None] < 20, math.nan, [[1.0, math.nan, 1.0]])
    lists = {"gradient/norm": curves(late)}
    one = case({"loss": curve(math.nan)}, lists)
    assert one.measured_from("loss", "", 7) == 7, "a loss that is not a number was measured"
    assert one.measured_from("gradient/norm", "relu1", 1) == 20
    assert one.measured_from("gradient/norm", "relu1", 21) == 24
    assert one.measured_from("gradient/norm", "", 1) == 20
    assert one.measured_from("gradient/norm", "relu2", 1) is None
    assert one.measured_from("never", "", 1) is None
