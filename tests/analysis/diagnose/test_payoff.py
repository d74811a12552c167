"""What the loss gains against what the steps promise."""

import math

import numpy as np
import pytest

from cnnvis.analysis.diagnose.payoff import payoff
from tests.making.training import MEASURED, STEPS, case, curve, curves

FALLING = np.linspace(2.0, 1.0, STEPS)
"""By 0.5 over the last half."""


def measured(**changes: object) -> dict[str, object]:
    """A gradient of 2 and steps of 0.1, which promise 0.2 each without momentum."""
    return {"loss": curve(FALLING), "gradient/norm_all": curve(2.0, MEASURED), "gradient/unclipped_all": None,
            "update/norm_all": curve(0.1, MEASURED)} | changes  # fmt: skip


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_gain_over_the_promise_of_fifty_steps(momentum: float) -> None:
    found = payoff(case(measured(), {"momentum": curves(momentum, 1, np.array([1]))}))  # pyright: ignore[reportArgumentType]
    assert found is not None
    leverage = math.sqrt((1 + momentum) / (1 - momentum))
    assert found.gain == pytest.approx(0.5 / (50 * 0.2 * leverage), rel=0.02)
    assert found.most == pytest.approx(found.gain, rel=0.05), "hardly anything scatters"
    assert found.since == 51
    assert not found.nothing


def test_scatter_widens_what_was_gained_at_most() -> None:
    rng = np.random.default_rng(0)
    one = payoff(case(measured(loss=curve(FALLING + rng.normal(0, 0.3, STEPS)))))  # pyright: ignore[reportArgumentType]
    assert one is not None
    assert one.most > one.gain + 0.001


def test_the_gradient_counts_as_it_was_before_clipping() -> None:
    clipped = payoff(case(measured(**{"gradient/unclipped_all": curve(200.0, MEASURED)})))  # pyright: ignore[reportArgumentType]
    whole = payoff(case(measured()))  # pyright: ignore[reportArgumentType]
    assert clipped is not None
    assert whole is not None
    assert clipped.gain == pytest.approx(whole.gain / 100)
    assert clipped.nothing


def test_nothing_is_said_of_what_was_not_measured() -> None:
    unknown = payoff(case(measured(**{"update/norm_all": None})))  # pyright: ignore[reportArgumentType]
    assert unknown is not None
    assert math.isnan(unknown.gain)
    assert not unknown.nothing
    still = payoff(case(measured(**{"update/norm_all": curve(0.0, MEASURED)})))  # pyright: ignore[reportArgumentType]
    assert still is not None
    assert not still.nothing
    assert payoff(case(measured(loss=curve(1.0, np.arange(1, 11))))) is None  # pyright: ignore[reportArgumentType]
