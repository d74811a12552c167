"""Facts that need no labels: what each says of small cases."""

from dataclasses import replace

import numpy as np
import pytest

from cnnvis.compose.telling_neurons import (
    Column,
    choosiest_neuron,
    dullest_neuron,
    plain_facts,
    silent_fact,
    sparsest_column,
)
from cnnvis.schema.statistics import UnitStatistics
from tests.analysis.test_answers import measured

IMAGES = np.zeros(101, np.int64)


def column(title: str, statistics: UnitStatistics) -> Column:
    return Column(layer=f"{title}/relu", title=title, statistics=statistics)


def of(values: list[np.ndarray], *, never: int = 0, active: float = 0.5) -> UnitStatistics:
    found = measured(np.stack(values, axis=1), IMAGES, 1, never=never)
    return replace(found, active=np.full(len(values), active, np.float32))


EVEN = np.tile([1.0, 2.0], 51)[:101]
ONCE = np.eye(101)[7]
NEARLY = 100 + 0.5 * EVEN


@pytest.mark.parametrize(
    ("never", "text"),
    [
        ((1, 2), "In late, 2 of 4 neurons never fire on any image."),
        ((4, 1), "In early, all 4 neurons never fire on any image."),
    ],
)
def test_the_layer_with_most_silent_neurons_is_named(never: tuple[int, int], text: str) -> None:
    values, labels = np.random.default_rng(0).random((6, 4)), np.zeros(6, np.int64)
    made = [measured(values, labels, 1, never=count) for count in never]
    fact, share = silent_fact([column("early", made[0]), column("late", made[1])])
    assert fact is not None
    assert (fact.text, share) == (text, max(never) / 4)


def test_where_every_neuron_fires_nothing_is_said() -> None:
    assert silent_fact([column("a", measured(np.ones((2, 2)), np.array([0, 0]), 1))]) == (None, 0.0)


def test_the_neuron_whose_best_image_stands_out_is_the_choosiest() -> None:
    columns = [column("early", of([EVEN, EVEN])), column("late", of([EVEN, ONCE]))]
    fact = choosiest_neuron(columns)
    assert fact is not None
    # One of 101 images: mean 1/101, standard deviation 10/101.
    assert (
        fact.text
        == "Neuron 1 of late is the choosiest: its best image excites it 10 standard deviations above its mean."
    )
    assert (fact.layer, fact.neuron) == ("late/relu", 1)


def test_the_neuron_that_is_nearly_the_same_on_all_images_tells_least() -> None:
    fact = dullest_neuron([column("early", of([EVEN, 100 + 2 * EVEN])), column("late", of([ONCE, 0 * EVEN]))])
    assert fact is not None
    assert fact.text == "Neuron 1 of early tells images apart least: its activation varies by 1 % of its mean."
    assert (fact.layer, fact.neuron) == ("early/relu", 1)


def test_neurons_that_never_fire_stand_for_nothing() -> None:
    fact = choosiest_neuron([column("early", of([ONCE, EVEN], never=1))])
    assert fact is not None
    assert fact.neuron == 1


def test_the_column_that_is_active_at_fewest_places_is_named() -> None:
    columns = [column("early", of([EVEN], active=0.6)), column("late", of([EVEN], active=0.123))]
    fact = sparsest_column(columns)
    assert fact is not None
    assert fact.text == "Neurons of late are active at 12 % of places, fewest of all; those of early at 60 %."
    alone = sparsest_column(columns[:1])
    assert alone is not None
    assert alone.text == "Neurons of early are active at 60 % of places."


def test_what_was_not_finite_is_not_told() -> None:
    broken = replace(of([EVEN]), std=np.array([np.nan]), active=np.array([np.nan]))
    assert list(plain_facts([column("a", broken)])) == []
    assert list(plain_facts([])) == []
