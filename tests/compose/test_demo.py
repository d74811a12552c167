"""The demo for real: a trained network, analysed on the digits that it has not seen."""

from pathlib import Path

import pytest

from cnnvis.compose.demo import train_demo
from cnnvis.observe.demo import demo_images
from cnnvis.store.reader import read_run


@pytest.mark.slow
def test_the_demo_is_trained_and_analysed_on_the_held_out_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train_demo(tmp_path / "demo", epochs=1) == tmp_path / "demo"
    said = capsys.readouterr().err
    assert said.index("training the demo network") < said.index("handwritten digits, held out:   0%")
    run, images = read_run(tmp_path / "demo"), demo_images()
    assert run.snapshot.complete
    assert run.snapshot.images_seen == len(images.held_out)
    assert run.snapshot.correct > run.snapshot.images_seen / 2, "one pass over the digits is enough for half of them"
    assert (run.file.name, run.file.classes) == ("digits demo", tuple(images.names))
    assert run.file.data.preprocessing == "values -1-1"
    assert run.contributions is not None
