"""Rank correlation against its definition, and which meaning is called the better one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.agreement import Agreement, compare, rank_agreement


def by_definition(first: list[float], second: list[float]) -> float:
    """Correlation of ranks; a value's rank is the mean place of all that equal it."""

    def ranks(values: list[float]) -> list[float]:
        return [sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values]

    a, b = ranks(first), ranks(second)
    mean = (len(a) + 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    return covariance / (sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)) ** 0.5


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=12))
def test_oracle_of_ranks(pairs: list[tuple[int, int]]) -> None:
    first, second = ([float(value) for value in column] for column in zip(*pairs, strict=True))
    found = rank_agreement(np.array([first]), np.array([second]))
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(by_definition(first, second), abs=1e-12)


def test_too_few_and_missing_values() -> None:
    assert rank_agreement(np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]])) is None
    some = np.array([[1.0, 2.0, np.nan], [3.0, np.inf, 4.0]])
    assert rank_agreement(some, np.array([[1.0, 2.0, -9.0], [3.0, -9.0, 4.0]])) == pytest.approx(1.0)


RISING = np.arange(6.0).reshape(2, 3)
BENT = np.array([[0.0, 2.0, 1.0], [3.0, 4.0, 5.0]])


def test_the_better_meaning_is_the_one_with_the_higher_mean_over_pairs_both_know() -> None:
    """Weights are perfect on the first two pairs and missing on the third, where contribution fails."""
    found = compare(
        {"weights": [RISING, BENT, None], "contribution": [RISING, RISING, -RISING]}, [RISING, RISING, RISING]
    )
    bent = by_definition(BENT.ravel().tolist(), RISING.ravel().tolist())
    assert found.pairs["weights"] == (pytest.approx(1.0), pytest.approx(bent), None)
    assert found.pairs["contribution"] == (pytest.approx(1.0), pytest.approx(1.0), pytest.approx(-1.0))
    assert found.modes == {"weights": pytest.approx((1 + bent) / 2), "contribution": pytest.approx(1.0)}
    assert (found.better, found.weak) == ("contribution", False)


def test_a_tie_goes_to_the_first_and_below_the_threshold_it_is_weak() -> None:
    found = compare({"weights": [-RISING], "contribution": [-RISING]}, [RISING])
    assert (found.better, found.weak) == ("weights", True)


def test_without_any_number_nothing_is_said() -> None:
    empty = Agreement(modes={"weights": None}, pairs={"weights": (None,)}, better=None, weak=False)
    assert compare({"weights": [None]}, [RISING]) == empty
    assert compare({"weights": [np.ones((2, 3))]}, [RISING]) == empty


def test_a_meaning_that_knows_nothing_does_not_take_the_pairs_of_the_other() -> None:
    found = compare({"weights": [None, None], "contribution": [RISING, BENT]}, [RISING, RISING])
    assert found.modes["weights"] is None
    assert found.modes["contribution"] is not None
    assert found.better == "contribution"
