"""What the pass looks at: representative units, last layers first, within the limits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.observe.maps.plan import ENTRY_BYTES, MapLimits, choose_candidates, plan_maps
from cnnvis.schema.statistics import ProbeSet
from tests import making

BEST_RELU, BEST_FC = 4, 3  # neurons: one of the five behind ReLU never fires
LARGE, SMALL = 64 + ENTRY_BYTES, 1 + ENTRY_BYTES


def planned(**limits: int) -> dict[str, tuple[int, int]]:
    plan = plan_maps(making.graph(), making.statistics(), ("relu", "fc"), MapLimits(**limits), pictures=None)
    assert plan.kept <= plan.wanted
    assert set(plan.candidates.tolist()) <= set(plan.samples.tolist())
    assert all(set(unit.sample.tolist()) <= set(plan.samples.tolist()) for unit in plan.units)
    return {unit.unit.id: (len(unit.neuron), unit.least) for unit in plan.units}


def test_the_last_layers_come_first_then_the_rest_as_far_as_it_goes() -> None:
    assert list(planned()) == ["fc", "relu"]
    assert planned(stored_bytes=0) == {"fc": (0, 0), "relu": (0, 0)}
    assert planned(stored_bytes=BEST_FC * SMALL) == {"fc": (3, 0), "relu": (0, 0)}
    assert planned(stored_bytes=BEST_FC * SMALL + 2 * LARGE)["relu"] == (2, 0)
    both = BEST_FC * SMALL + BEST_RELU * LARGE
    assert planned(stored_bytes=both) == {"fc": (3, 0), "relu": (4, 0)}
    assert planned(stored_bytes=both + 9 * SMALL) == {"fc": (3, 3), "relu": (4, 0)}
    everything = planned()
    assert everything["relu"][1] == everything["fc"][1] == 3
    assert everything["relu"][0] > BEST_RELU


@given(st.integers(0, 14), st.integers(0, 14))
def test_no_more_images_than_allowed(images: int, candidates: int) -> None:
    limits = MapLimits(images=images, candidates=candidates)
    plan = plan_maps(making.graph(), making.statistics(), ("relu",), limits, pictures=None)
    assert len(plan.samples) <= images
    assert len(plan.candidates) <= min(candidates, images // 2)


def test_candidates_are_spread_over_the_classes_and_rise() -> None:
    labels = np.repeat([0, 1, 2, -1], [20, 5, 5, 5])
    samples = np.random.default_rng(0).permutation(35)
    probe = ProbeSet(samples=samples, labels=labels, predictions=labels, means={})
    rows = choose_candidates(probe, None, 12)
    assert np.bincount(labels[rows] + 1).tolist() == [3, 3, 3, 3]
    assert (np.diff(samples[rows]) > 0).all()
    only = choose_candidates(probe, np.array([3, 8, 30]), 12)
    assert samples[only].tolist() == [3, 8, 30]
    assert len(choose_candidates(probe, None, 0)) == 0
