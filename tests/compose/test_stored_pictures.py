"""Pictures with maps come first, each picture once, with what is known of its image."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose import stored_pictures as kept_pictures
from cnnvis.compose.stored_pictures import missing_pictures, picture_order, probe_order, stored_pictures
from cnnvis.observe.collect import Collected
from cnnvis.observe.inputs.source import Picture
from cnnvis.schema.errors import DataError
from cnnvis.schema.maps import ActivationMaps, UnitMaps
from tests import making


def maps_of(samples: list[int]) -> ActivationMaps:
    count = len(samples)
    nothing = np.zeros(count, np.float32)
    unit = UnitMaps(
        neuron=np.arange(count),
        sample=np.array(samples, np.int64),
        value=nothing,
        y=np.zeros(count, np.int64),
        x=np.zeros(count, np.int64),
        mean=nothing,
        maximum=nothing,
        values=np.zeros((count, 1, 1), np.uint8),
        typical=np.full((count, 3), -1),
        least=np.full((count, 3), -1),
    )
    return ActivationMaps(units={"relu": unit})


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9)))
def test_first_those_with_maps_then_the_others_in_their_order(needed: list[int], mapped: list[int]) -> None:
    found = picture_order(np.array(needed, np.int64), maps_of(mapped)).tolist()
    assert found == sorted(set(mapped)) + [sample for sample in needed if sample not in mapped]
    assert picture_order(np.array(needed, np.int64), None).tolist() == needed


def test_labels_come_from_the_pass_or_from_the_probe_set() -> None:
    collected = Collected(
        statistics=making.statistics(),
        facts=making.snapshot_facts(),
        picture=lambda sample: Picture(pixels=np.full((2, 2, 3), sample, np.uint8), left=1.5),
        needed=np.array([7, 99]),
        outcomes={7: (1, 2)},
    )
    found = list(stored_pictures(collected, maps_of([4]), missing=[]))
    assert [picture.sample for picture in found[:3]] == [4, 7, 99]
    assert sorted(picture.sample for picture in found[3:]) == [sample for sample in range(12) if sample not in (4, 7)]
    assert [(picture.label, picture.predicted) for picture in found[:3]] == [(4 % 3, 4 % 3), (1, 2), (-1, -1)]
    assert found[0].pixels.max() == 4
    assert found[0].left == 1.5


def test_a_picture_that_cannot_be_had_any_more_is_left_out_and_said() -> None:
    def read(sample: int) -> Picture:
        if sample not in (7, 98):
            message = f"Image {sample} is gone."
            raise DataError(message, "Bring it back.")
        return Picture(pixels=np.zeros((2, 2, 3), np.uint8))

    missing: list[str] = []
    collected = Collected(
        statistics=making.statistics(), facts=making.snapshot_facts(), picture=read, needed=np.array([7, 99, 98])
    )
    assert [picture.sample for picture in stored_pictures(collected, missing=missing)] == [7, 98]
    assert missing_pictures(missing) == (
        "1 picture could not be read again and will not be shown; first: Image 99 is gone.",
    )
    assert missing_pictures([]) == ()


def test_of_the_probe_images_mistakes_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pictures, "PROBE_PICTURES", 4)
    probe = making.statistics().probe
    wrong = probe.predictions.copy()
    wrong[[2, 9]] = (wrong[[2, 9]] + 1) % making.CLASSES
    found = probe_order(replace(probe, predictions=wrong))
    assert len(set(found.tolist())) == 4
    assert set(found[:2].tolist()) == {2, 9}
    assert set(probe_order(replace(probe, labels=np.full(making.IMAGES, -1))).tolist()) <= set(probe.samples.tolist())
