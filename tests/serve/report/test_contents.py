"""A report holds all that the page asks for where there is room, and says what it leaves out where there is none."""

import gzip
import json
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import EditsScene, Note, SaveImages
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
from tests.serve.report.test_image_sets import write_confused_run


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
            if not group.output:
                assert f"{run}/image-set?neuron={layer}:0" in found
    for label in range(len(scene.classes)):
        assert f"{run}/mistakes?label={label}" in found
        others = [other for other in range(len(scene.classes)) if other != label]
        assert all(f"{run}/contrast?against=other&label={label}&other={other}" in found for other in others)
        shown = msgspec.json.decode(found[f"{run}/image-set?class={label}"], type=ImageSetScene)
        pictures = [each.image for each in shown.members if each.image]
        assert [each for each in pictures if key_of(each.removeprefix("api/")) not in found] == []
    columns = "&".join(f"column={group.layer}" for group in scene.groups)
    assert f"{run}/connections?{columns}&share=0.8" in found
    assert f"{run}/path?class=0&{columns}" in found or f"{run}/path?class=0&{columns}&mode=weights" in found


def test_what_it_holds_is_what_the_server_answers(answers: Answers) -> None:
    for key, data in held(gathered(answers)).items():
        if key == "runs" or key.endswith(("/training", "/edits")):
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


def test_notes_and_saved_image_groups_are_in_it(answers: Answers, tmp_path: Path) -> None:
    studio = Studio(read_run(tmp_path / "run"))
    sample = studio.run.statistics.probe().samples.tolist()[0]
    studio.edits.make(SaveImages(name="odd", samples=(sample,)))
    studio.edits.make(Note(layer="relu", text="Look here."))
    contents, run = gathered(answers), f"runs/{entry_of(answers).id}"
    found = held(contents)
    edits = msgspec.json.decode(found[f"{run}/edits"], type=EditsScene)
    assert [layer.note for layer in edits.layers] == ["Look here."]
    assert [group.name for group in edits.groups] == ["odd"]
    # Not how they came about, nor where they are kept.
    assert (edits.undo, edits.done, edits.notice) == ("", 0, "")
    shown = msgspec.json.decode(found[f"{run}/image-set?group={edits.groups[0].id}"], type=ImageSetScene)
    assert [each.sample for each in shown.members] == [sample]
    assert contents.left_out == ()


def test_without_a_limit_nothing_is_too_much(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--full` left out ways back above 400 and mistakes above 40 classes, and then compressed all images with loss."""
    whole = held(gathered(answers))
    forbid_much(monkeypatch)
    contents = gathered(answers)
    assert whole.keys() - held(contents).keys() == {key for key in whole if "against=other" in key}
    assert contents.left_out == ("This report leaves out 6 comparisons of two classes.",)
    assert {packed.media_type for packed in contents.packs} <= {JSON, "image/png", "application/octet-stream"}


def test_what_is_too_much_for_a_small_report_is_listed_and_costs_nothing_else(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = held(gathered(answers))
    forbid_much(monkeypatch)
    contents = gathered(answers, 10**9)
    assert set(contents.left_out) == {
        "This report leaves out 8 strongest ways back.",
        "This report leaves out 6 comparisons of two classes.",
        "This report leaves out 3 classes' image sets.",
        "This report leaves out 5 neurons' image sets.",
    }
    # There was room: images are as they were.
    assert {packed.media_type for packed in contents.packs} <= {JSON, "image/png", "application/octet-stream"}
    gone = {key.partition("/")[2].partition("/")[2].partition("?")[0] for key in whole.keys() - held(contents).keys()}
    assert gone == {"path", "contrast", "image-set"}


def forbid_much(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MANY_CLASSES", "MANY_PATHS", "MANY_NEURONS"):
        monkeypatch.setattr(f"cnnvis.serve.report.contents.{name}", 1)


def test_all_mistakes_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the commonest of each class, which have the first place."""
    monkeypatch.setattr("cnnvis.serve.report.mistakes.COMMONEST", 1)
    run = write_confused_run(tmp_path / "confused")
    mistaken = Answers(Services(RunShelf([run]), Worker(None), read_only=True))
    every = {f"runs/confused/contrast?against=right&label={one}&other={other}" for one, other in permutations("012", 2)}
    contents = gathered(mistaken)
    assert contents.left_out == ()
    assert every <= held(contents).keys()
    monkeypatch.setattr("cnnvis.serve.report.contents.MANY_CLASSES", 2)
    assert every <= held(gathered(mistaken)).keys()
    small = gathered(mistaken, 10**9)
    assert "This report leaves out 6 comparisons of mistakes." in small.left_out
    assert every.isdisjoint(held(small).keys())


def test_a_run_of_any_name_is_found_again(answers: Answers, tmp_path: Path) -> None:
    """Keys are unescaped; those of the frame were not, so the page of a run named `two words` stayed empty."""
    path = (tmp_path / "run").rename(tmp_path / "two words")
    found = held(gathered(Answers(Services(RunShelf([path]), Worker(None), read_only=True))))
    assert {"runs/two words/scene", "runs/two words/graph", "runs/two words/edits"} <= found.keys()
    assert [key for key in found if "%20" in key] == []


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
