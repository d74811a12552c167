"""A report holds all that the page asks for where there is room, and says what it leaves out where there is none."""

import gzip
import json
from pathlib import Path

import msgspec
import pytest

from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import SaveImages
from cnnvis.schema.images import ImageSetScene
from cnnvis.schema.report import Report
from cnnvis.schema.scene import LayerScene, NeuronScene, RunEntry, Scene
from cnnvis.serve.problems import JSON
from cnnvis.serve.report.answers import Answers, key_of
from cnnvis.serve.report.contents import Contents, gather
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker
from cnnvis.store.reader import read_run
from tests.compose.test_tables import whole_run


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answers:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    run = whole_run(tmp_path).path
    return Answers(Services(RunShelf([run]), Worker(None), read_only=True))


def entry_of(answers: Answers) -> RunEntry:
    return msgspec.json.decode(answers.get("runs").data, type=list[RunEntry])[0]


def gathered(answers: Answers, size: int | None = None) -> Contents:
    return gather(answers, entry_of(answers), limit=size)


def held(contents: Contents) -> dict[str, bytes]:
    """Every answer of a report, by its key."""
    found: dict[str, bytes] = {}
    for packed in contents.packs:
        if packed.media_type == "application/json":
            listed = json.loads(gzip.decompress(packed.content))
            found |= {key: json.dumps(value).encode() for key, value in zip(packed.addresses, listed, strict=True)}
        else:
            found[packed.addresses[0]] = packed.content
    return found


def test_without_a_limit_it_holds_all_that_the_page_asks_for(answers: Answers) -> None:
    contents, run = gathered(answers), f"runs/{entry_of(answers).id}"
    found = held(contents)
    assert contents.left_out == ()
    scene = msgspec.json.decode(found[f"{run}/scene"], type=Scene)
    for group in scene.groups:
        for layer in group.layers:
            drawn = msgspec.json.decode(found[f"{run}/layer?id={layer}"], type=LayerScene)
            addresses = [drawn.atlas, *(matrix.address for matrix in drawn.matrices)]
            assert [each for each in addresses if each and key_of(each.removeprefix("api/")) not in found] == []
            for cluster in drawn.clusters:
                for neuron in cluster.neurons:
                    shown = msgspec.json.decode(found[f"{run}/neuron?id={layer}:{neuron}"], type=NeuronScene)
                    images = [patch.image for patch in (*shown.patches, *shown.typical, *shown.least)]
                    assert [each for each in images if each and key_of(each.removeprefix("api/")) not in found] == []
    for label in range(len(scene.classes)):
        assert f"{run}/mistakes?label={label}" in found
        shown = msgspec.json.decode(found[f"{run}/image-set?class={label}"], type=ImageSetScene)
        pictures = [each.image for each in shown.members if each.image]
        assert [each for each in pictures if key_of(each.removeprefix("api/")) not in found] == []
    columns = "&".join(f"column={group.layer}" for group in scene.groups)
    assert f"{run}/connections?{columns}&share=0.8" in found
    assert f"{run}/path?class=0&{columns}" in found or f"{run}/path?class=0&{columns}&mode=weights" in found


def test_what_it_holds_is_what_the_server_answers(answers: Answers) -> None:
    for key, data in held(gathered(answers)).items():
        if key == "runs" or key.endswith("/training"):
            continue  # these say that it is a report, see below and test_training
        wanted = answers.get(key.replace("#", "%23").replace(" ", "%20"))
        assert (json.loads(data) == json.loads(wanted.data)) if wanted.media_type == JSON else data == wanted.data, key


def test_the_run_in_it_cannot_be_changed(answers: Answers) -> None:
    listed = json.loads(held(gathered(answers))["runs"])
    assert [entry["read_only"] for entry in listed] == [True]


def test_the_same_run_gives_the_same_bytes(answers: Answers) -> None:
    first, second = (gathered(answers) for _ in range(2))
    assert [(p.addresses, p.content) for p in first.packs] == [(p.addresses, p.content) for p in second.packs]


def test_with_little_room_it_stays_below_and_says_what_is_missing(answers: Answers) -> None:
    whole = sum(packed.size for packed in gathered(answers).packs)
    frame = sum(packed.size for packed in gathered(answers, 1).packs)
    assert frame > 1  # without its frame there is no picture at all
    counts: list[int] = []
    for part in (1.0, 0.8, 0.6, 0.4, 0.2):
        limit = max(int(whole * part), frame)
        contents = gathered(answers, limit)
        assert sum(packed.size for packed in contents.packs) <= limit
        assert bool(contents.left_out) == (limit < whole)
        assert all(sentence.endswith(".") for sentence in contents.left_out)
        counts.append(len(held(contents)))
        for key, data in held(contents).items():
            if "/neuron?" in key:
                shown = msgspec.json.decode(data, type=NeuronScene)
                images = [patch.image for patch in (*shown.patches, *shown.typical, *shown.least) if patch.image]
                assert all(key_of(each.removeprefix("api/")) in held(contents) for each in images)
            if "/image-set" in key:
                members = msgspec.json.decode(data, type=ImageSetScene).members
                pictures = [each.image for each in members if each.image]
                assert all(key_of(each.removeprefix("api/")) in held(contents) for each in pictures)
    assert counts[0] > counts[-1]


def test_saved_image_groups_are_named_as_missing_and_cost_nothing_else(answers: Answers, tmp_path: Path) -> None:
    studio = Studio(read_run(tmp_path / "run"))
    studio.edits.make(SaveImages(name="odd", samples=(studio.run.statistics.probe().samples.tolist()[0],)))
    contents = gathered(answers, 10**9)
    assert contents.left_out == ("1 saved image group can be looked at in the run itself only.",)


def test_it_tells_how_far_it_is(answers: Answers) -> None:
    told: list[tuple[int, int]] = []
    gather(answers, entry_of(answers), limit=None, progress=lambda done, of: told.append((done, of)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)


def test_a_report_reads_back() -> None:
    run = RunEntry(id="a", name="a", detail="")
    report = Report(run=run, packs=(), left_out=("This.",))
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
