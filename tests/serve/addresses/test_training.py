"""The addresses of a recorded training, and waiting for what is new."""

import threading
import time
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.findings import Diagnosis
from cnnvis.schema.scene import BecomingScene, LayerScene, Problem, Scene
from cnnvis.schema.training import CurvesScene, LayersScene, LiveState, StepScene, TrainingScene
from cnnvis.serve.addresses import training as module
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from tests.making.folder import write_run
from tests.making.recorded import begin, finish, snapshot, steps, write_recorded

BASE = "/api/runs/recorded"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    runs = [write_recorded(tmp_path / "recorded"), write_run(tmp_path / "analysed")]
    return TestClient(create_app(RunShelf(runs), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


def test_every_address_answers_in_its_schema(client: TestClient) -> None:
    for address, kind in {
        "training": TrainingScene,
        "training/curves?curve=0:loss&curve=0:metric/val/loss&buckets=10": CurvesScene,
        "training/curves?curve=0:loss&first=5&last=9": CurvesScene,
        "training/layers?row=gradient&row=zeros&buckets=4": LayersScene,
        "training/step?step=12": StepScene,
        "training/findings": Diagnosis,
        "training/events": LiveState,
        "training/becoming?layer=relu": BecomingScene,
    }.items():
        answer = client.get(f"{BASE}/{address}")
        assert answer.status_code == 200, answer.text
        msgspec.json.decode(answer.content, type=kind)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/api/runs/absent/training", "No run 'absent' is served here."),
        ("/api/runs/analysed/training", "No training was recorded in the run 'analysed'."),
        ("/api/runs/analysed/training/events", "No training was recorded in the run 'analysed'."),
        (f"{BASE}/training/curves?curve=0:ghost", "The run has no curve 'ghost'."),
        (f"{BASE}/training/curves?curve=7:loss", "The run has no curve 'loss 7'."),
        (f"{BASE}/training/layers?row=ghost", "The run has no row 'ghost'."),
        (f"{BASE}/training/becoming?layer=ghost", "The run has no layer 'ghost'."),
        (f"{BASE}/scene?step=7", "The run 'recorded' has no snapshot of step 7."),
        (f"{BASE}/scene?basis=7", "The run 'recorded' has no snapshot of step 7."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(client: TestClient, address: str, sentence: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert (problem.error, bool(problem.remedy)) == (sentence, True)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("training/curves", "The address lacks the parameter 'curve'."),
        ("training/curves?curve=loss", "The parameter 'curve' is 'loss', not a place and a name."),
        ("training/curves?curve=0:loss&first=9&last=2", "The span from 9 to 2 ends before it begins."),
        ("training/curves?curve=0:loss&first=9", "A span has a first and a last step."),
        ("training/curves?curve=0:loss&buckets=x",
         "The parameter 'buckets' is 'x', not a whole number from 1 to 4,096."),
        ("training/step", "The address lacks the parameter 'step'."),
        ("training/step?step=-1", "The parameter 'step' is '-1', not a whole number, 0 or more."),
        ("scene?step=x", "The parameter 'step' is 'x', not a whole number, 0 or more."),
        ("scene?basis=x", "The parameter 'basis' is 'x', not a whole number, 0 or more, at most 64 times."),
        ("scene?" + "&".join(["basis=20"] * 65),
         "The parameter 'basis' is given 65 times, not a whole number, 0 or more, at most 64 times."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(client: TestClient, asked: str, sentence: str) -> None:
    answer = client.get(f"{BASE}/{asked}")
    assert answer.status_code == 422
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert (problem.error, bool(problem.remedy)) == (sentence, True)


def scene_of(client: TestClient, choice: str) -> Scene:
    return msgspec.json.decode(client.get(f"{BASE}/scene{choice}").content, type=Scene)


def layer_of(client: TestClient, choice: str) -> LayerScene:
    return msgspec.json.decode(client.get(f"{BASE}/layer?id=relu{choice}").content, type=LayerScene)


def test_a_snapshot_can_be_chosen_and_its_clusters_are_those_of_the_basis(client: TestClient) -> None:
    assert [scene_of(client, choice).run.step for choice in ("", "?step=0", "?step=0&basis=20", "?basis=20")] == [
        40, 0, 0, 20,
    ]  # fmt: skip
    assert scene_of(client, "").run.recorded
    for step, basis in ((0, 20), (0, 40), (20, 40)):
        then, later = layer_of(client, f"&step={step}&basis={basis}"), layer_of(client, f"&basis={basis}")
        assert [(c.id, c.neurons, c.packings) for c in then.clusters] == [
            (c.id, c.neurons, c.packings) for c in later.clusters
        ]
        assert then.atlas is not None
        assert client.get(f"/{then.atlas}").status_code == 200
        assert client.get(f"/{then.atlas}").content != client.get(f"/{later.atlas}").content
        for matrix, other in zip(then.matrices, later.matrices, strict=True):
            assert client.get(f"/{matrix.address}").content != client.get(f"/{other.address}").content
    ids = {frozenset(c.neurons): c.id for c in layer_of(client, "&basis=20").clusters}
    for cluster in layer_of(client, "&basis=20&basis=40").clusters:
        assert ids.get(frozenset(cluster.neurons), cluster.id) == cluster.id
    neuron = client.get(f"{BASE}/neuron?id=relu:0&step=0&basis=40").json()
    assert neuron["mean"] != client.get(f"{BASE}/neuron?id=relu:0&basis=40").json()["mean"]


def test_an_open_server_sees_new_snapshots(tmp_path: Path) -> None:
    recording = begin(tmp_path / "recorded")
    app = create_app(RunShelf([recording.run]), Guard("127.0.0.1", None))
    client = TestClient(app, base_url="http://127.0.0.1")
    first = layer_of(client, "&basis=0")
    assert scene_of(client, "").run.step == 0
    steps(recording, 1, 10)
    snapshot(recording, 10)
    assert scene_of(client, "").run.step == 10
    assert layer_of(client, "&basis=0") == first
    assert msgspec.json.decode(client.get(f"{BASE}/training/events").content, type=LiveState).snapshots == (0, 10)
    recording.close()
    again = begin(tmp_path / "recorded", overwrite=True, created="2027-01-01T00:00:00Z")
    assert scene_of(client, "").run.step == 0
    assert client.get(f"{BASE}/scene?step=10").status_code == 404
    again.close()


def news(client: TestClient, mark: str) -> LiveState:
    answer = client.get(f"{BASE}/training/events?mark={mark}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=LiveState)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)


@pytest.mark.usefixtures("quick")
def test_new_points_snapshots_and_findings_are_told(tmp_path: Path) -> None:
    recording = begin(tmp_path / "recorded")
    steps(recording, 1, 5)
    client = TestClient(create_app(RunShelf([recording.run]), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")
    first = news(client, "")
    assert (first.last, first.snapshots, first.complete) == (5, (0,), False)
    told: list[LiveState] = []
    waiting = threading.Thread(target=lambda: told.append(news(client, first.mark)))
    waiting.start()
    time.sleep(0.1)
    assert not told
    steps(recording, 6, 30)
    waiting.join(timeout=10)
    assert 5 < told[0].last <= 30
    steps(recording, 31, 31)
    snapshot(recording, 31)
    state = told[0]
    while state.snapshots == (0,):
        state = news(client, state.mark)
    assert state.snapshots == (0, 31)
    finish(recording, 31)
    while not state.complete:
        state = news(client, state.mark)
    assert state.findings != ""
    again = begin(tmp_path / "recorded", overwrite=True, created="2027-01-01T00:00:00Z")
    steps(again, 1, 2)
    while state.last != 2:
        state = news(client, state.mark)
    assert state.recording != first.recording
    again.close()


@pytest.mark.usefixtures("quick")
def test_where_nothing_is_new_the_answer_comes_after_a_while(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.3)
    state = news(client, "")
    begun = time.monotonic()
    assert news(client, state.mark) == state
    assert time.monotonic() - begun >= 0.3
