"""What rules need to have seen."""

import numpy as np

from cnnvis.analysis.diagnose import needs
from cnnvis.schema.series import Event
from tests.making.training import MEASURED, STEPS, case, curve, curves, without_snapshot


def test_counts_say_what_is_needed_and_what_is_there() -> None:
    sound = case()
    for need in (needs.steps(STEPS), needs.losses(STEPS), needs.measured(len(MEASURED)), needs.validations(25)):
        assert need(sound) == ""
    assert needs.steps(STEPS + 1)(sound) == "101 steps needed, 100 there"
    assert needs.losses(STEPS + 1)(sound) == "101 steps with a loss needed, 100 there"
    assert needs.measured(26)(sound) == "26 measured steps needed, 25 there"
    assert needs.validations(26)(sound) == "26 validation losses needed, 25 there"


def test_layers_must_have_been_seen_lately() -> None:
    early = np.arange(1, 75)
    lists = {name: curves(1.0, 3, early) for name in case().series.lists}
    assert needs.recent(case(None, lists)) == "layers were last measured at step 74 of 100"
    assert needs.recent(case()) == ""


def test_epochs_labels_and_the_loss() -> None:
    assert needs.epochs(case()) == ""
    assert "came again" in needs.epochs(case({"input/images": None}))
    assert needs.labels(10)(case()) == ""
    assert needs.labels(10**4)(case()) == "40,000 labels needed, 3,200 read"
    assert needs.loss_functions(case()) == ""
    unknown = case(events=[Event(step=1, time=0.0, name="loss")])
    assert "not handed over as the tensor" in needs.loss_functions(unknown)
    assert needs.snapshot(case()) == ""
    assert needs.snapshot(without_snapshot(case())) == "no snapshot there"
    assert case({"images": curve(32), "input/images": curve(200.0, MEASURED)}).epochs == 16.0
