"""A report of a recorded training holds what its panel draws, as the server would answer it, for one snapshot."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec

from cnnvis.compose.import_tensorboard import import_tensorboard
from cnnvis.schema.scene import RunEntry
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.contents import gather
from cnnvis.serve.report.training import CURVE_BUCKETS, GOES_ON, LAYER_BUCKETS
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from tests.compose.test_import_tensorboard import LOGS
from tests.making import recorded


def held(path: Path, size: int | None = None) -> tuple[dict[str, Any], Answers, tuple[str, ...]]:
    """Every answer in JSON of a report, the server's answers, and what the report leaves out."""
    answers = Answers(Services(RunShelf([path]), Worker(None), read_only=True))
    entry = msgspec.json.decode(answers.get("runs").data, type=list[RunEntry])[0]
    contents = gather(answers, entry, limit=size)
    found: dict[str, Any] = {}
    for pack in contents.packs:
        if pack.media_type == "application/json":
            found |= dict(zip(pack.addresses, json.loads(gzip.decompress(pack.content)), strict=True))
    return found, answers, contents.left_out


def test_it_holds_every_curve_and_row_and_the_findings(tmp_path: Path) -> None:
    found, answers, left_out = held(recorded.write_recorded(tmp_path / "run"))
    scene = found["runs/run/training"]
    assert left_out == ()
    assert scene["snapshots"] == [40]
    assert found["runs/run/training/findings"] == json.loads(answers.get("runs/run/training/findings").data)
    for plot in scene["plots"]:
        asked = "&".join(f"curve={each['place']}:{each['name']}" for each in plot["curves"])
        key = f"runs/run/training/curves?buckets={CURVE_BUCKETS}&{asked}"
        assert found[key] == json.loads(answers.get(key).data)
    for row in scene["rows"]:
        key = f"runs/run/training/layers?buckets={LAYER_BUCKETS}&row={row['id']}"
        assert found[key] == json.loads(answers.get(key).data)
    assert len(scene["plots"]) > 0 < len(scene["rows"])


def test_what_it_says_of_layers_is_of_the_newest_snapshot(tmp_path: Path) -> None:
    found, answers, _ = held(recorded.write_recorded(tmp_path / "run"))
    layers = [key for key in found if key.startswith("runs/run/layer?")]
    assert layers
    assert all("step=" not in key.partition("?")[2] for key in found)
    for key in layers:
        assert found[key] == json.loads(answers.get(f"{key}&step=40&basis=40").data)


def test_one_that_goes_on_is_told_as_of_now(tmp_path: Path) -> None:
    recording = recorded.begin(tmp_path / "run")
    recorded.steps(recording, 1, 20)
    recorded.snapshot(recording, 20)
    scene = held(tmp_path / "run")[0]["runs/run/training"]
    recording.close()
    assert (scene["complete"], scene["ended"], scene["last"]) == (True, GOES_ON, 20)


def test_without_room_it_is_listed_as_left_out(tmp_path: Path) -> None:
    found, _, left_out = held(recorded.write_recorded(tmp_path / "run"), size=1)
    assert "runs/run/training" not in found
    assert any("recorded training" in sentence for sentence in left_out)


def test_imported_logs_are_curves_alone(tmp_path: Path) -> None:
    import_tensorboard(LOGS, tmp_path / "run", only="plain", progress=False)
    found, _, left_out = held(tmp_path / "run")
    assert left_out == ()
    assert found["runs/run/training"]["snapshots"] == []
    assert any(key.startswith("runs/run/training/curves?") for key in found)
