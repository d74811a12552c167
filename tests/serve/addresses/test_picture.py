"""The addresses of the picture, with right and wrong parameters, over a hand-made run."""

import io
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from cnnvis.schema.graph import LayerGraph
from cnnvis.schema.scene import LayerScene, NeuronScene, Problem, RunEntry, Scene, Sprite
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    runs = [write_run(tmp_path / "one"), write_run(tmp_path / "two words"), tmp_path / "gone"]
    return TestClient(create_app(RunShelf(runs), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


def test_the_list_names_also_what_cannot_be_opened(client: TestClient) -> None:
    entries = msgspec.json.decode(client.get("/api/runs").content, type=list[RunEntry])
    assert [entry.id for entry in entries] == ["one", "two words", "gone"]
    assert entries[0].detail == "tiny · noise · 12 images · 75.00 % right"
    assert entries[0].error == ""
    assert "There is nothing at" in entries[2].error


def test_the_scene_has_columns_classes_and_examples(client: TestClient) -> None:
    scene = msgspec.json.decode(client.get("/api/runs/two%20words/scene").content, type=Scene)
    assert scene.run.accuracy == 0.75
    assert (scene.run.neurons, scene.run.layers) == (5, 1)
    assert [group.layer for group in scene.groups] == ["relu", "fc"]
    assert [group.output for group in scene.groups] == [False, True]
    assert scene.flow == ((0, 1),)
    assert sorted(scene.class_order) == [0, 1, 2]
    assert [facts.recall for facts in scene.classes] == [1.0, 1.0, 1.0]
    assert scene.layers[0].detail == "conv2d, relu · 5 neurons · 8 × 8"
    assert scene.layers[0].field == "3 × 3 pixels of the image"
    assert scene.layers[0].never_active == 1
    assert len({example.label for example in scene.examples[:3]}) == 3
    for example in scene.examples:
        answer = client.get(f"/{example.image}")
        assert Image.open(io.BytesIO(answer.content)).size == example.size


def test_a_layer_shows_every_neuron_once_with_its_sprite(client: TestClient) -> None:
    layer = msgspec.json.decode(client.get("/api/runs/one/layer?id=relu").content, type=LayerScene)
    sprites = _sprites(layer)
    assert sorted(sprites) == [0, 1, 2, 3, 4]
    assert [neuron for neuron, sprite in sprites.items() if sprite is None] == [4]
    assert [cluster.title for cluster in layer.clusters if cluster.never_active] == ["never active"]
    assert layer.atlas is not None
    answer = client.get(f"/{layer.atlas}")
    assert "immutable" in answer.headers["cache-control"]
    with Image.open(io.BytesIO(answer.content)) as atlas:
        assert atlas.size == layer.atlas_size
        for sprite in sprites.values():
            if sprite is not None:
                x, y, width, height = sprite
                assert x + width <= atlas.width
                assert y + height <= atlas.height


def _sprites(layer: LayerScene) -> dict[int, Sprite | None]:
    return {
        neuron: sprite
        for cluster in layer.clusters
        for neuron, sprite in zip(cluster.neurons, cluster.sprites, strict=True)
    }


def test_the_sprite_is_the_patch_of_the_image(client: TestClient, tmp_path: Path) -> None:
    layer = msgspec.json.decode(client.get("/api/runs/one/layer?id=relu").content, type=LayerScene)
    sprites = _sprites(layer)
    atlas = Image.open(io.BytesIO(client.get(f"/{layer.atlas}").content)).convert("RGB")
    for neuron in range(4):
        scene = msgspec.json.decode(client.get(f"/api/runs/one/neuron?id=relu:{neuron}").content, type=NeuronScene)
        best = scene.patches[0]
        assert best.box is not None
        image = Image.open(io.BytesIO(client.get(f"/{best.image}").content)).convert("RGB")
        left, top, right, bottom = (int(side) for side in best.box)
        x, y, width, height = sprites[neuron] or (0, 0, 0, 0)
        assert (width, height) == (right - left, bottom - top)
        assert atlas.crop((x, y, x + width, y + height)).tobytes() == image.crop((left, top, right, bottom)).tobytes()


@pytest.mark.parametrize("facet", ["activations", "contributions"])
def test_a_matrix_holds_the_stored_values_at_its_address(client: TestClient, tmp_path: Path, facet: str) -> None:
    layer = msgspec.json.decode(client.get("/api/runs/one/layer?id=relu").content, type=LayerScene)
    facts = next(each for each in layer.matrices if each.facet == facet)
    answer = client.get(f"/{facts.address}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-encoding"] == "identity"
    assert "immutable" in answer.headers["cache-control"]
    run = read_run(tmp_path / "one")
    assert run.contributions is not None
    stored = {
        "activations": run.statistics.array("relu", "after_mean"),
        "contributions": run.contributions.values("relu"),
    }
    values = np.frombuffer(answer.content, "<f2").reshape(5, 3)
    np.testing.assert_array_equal(values, stored[facet].T.astype(np.float16))
    assert facts.minimum == pytest.approx(np.nanmin(stored[facet]))
    assert facts.maximum == pytest.approx(np.nanmax(stored[facet]))


@pytest.mark.parametrize("facet", ["activations", "contributions"])
def test_a_cluster_has_a_class_order_of_its_own(client: TestClient, facet: str) -> None:
    answer = client.get(f"/api/runs/one/class-order?layer=relu&cluster=c1&facet={facet}")
    assert sorted(answer.json()) == [0, 1, 2]
    assert client.get(f"/api/runs/one/class-order?layer=relu&cluster=c1&facet={facet}").content == answer.content


def test_a_neuron_that_never_fires_shows_no_patch(client: TestClient) -> None:
    scene = msgspec.json.decode(client.get("/api/runs/one/neuron?id=relu:4").content, type=NeuronScene)
    assert scene.patches == ()
    assert len(scene.profile) == 3


def test_the_graph_is_the_stored_one(client: TestClient) -> None:
    graph = msgspec.json.decode(client.get("/api/runs/one/graph").content, type=LayerGraph)
    assert [layer.id for layer in graph.layers] == ["input", "conv", "relu", "fc"]


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("absent/scene", 404, "No run 'absent' is served here."),
        ("one/layer", 422, "The address lacks the parameter 'id'."),
        ("one/layer?id=", 422, "The parameter 'id' is '', not a text of 1 to 500 characters."),
        ("one/layer?id=ghost", 404, "The run has no layer 'ghost'."),
        ("one/atlas?layer=ghost", 404, "The run has no layer 'ghost'."),
        ("one/neuron?id=relu:5", 404, "The run has no neuron 'relu:5'."),
        ("one/neuron?id=relu:-1", 404, "The run has no neuron 'relu:-1'."),
        ("one/neuron?id=relu:%C2%B2", 404, "The run has no neuron 'relu:²'."),
        ("one/neuron?id=:", 404, "The run has no neuron ':'."),
        (f"one/neuron?id=relu:{'9' * 500}", 404, "The run has no neuron 'relu:9999"),
        (f"one/neuron?id=relu:{'9' * 5000}", 422, "The parameter 'id' is 'relu:9999"),
        ("one/matrix?layer=relu", 422, "The address lacks the parameter 'facet'."),
        ("one/matrix?layer=ghost&facet=activations", 404, "The run has no matrix 'ghost'."),
        ("one/matrix?layer=relu&facet=dreams", 422, "The parameter 'facet' is 'dreams', not activations or contrib"),
        ("one/class-order?layer=relu&cluster=c99&facet=activations", 404, "The run has no cluster 'c99'."),
        ("one/class-order?layer=relu&cluster=c1&facet=dreams", 422, "The parameter 'facet' is 'dreams', not"),
        ("one/image?sample=99", 404, "The run has no image 99."),
        ("one/image?sample=../../etc", 422, "The parameter 'sample' is '../../etc', not a whole number, 0 or more."),
        (f"one/image?sample={'9' * 5000}", 422, "The parameter 'sample' is '9999"),
        ("one/image?sample=1&sample=2", 422, "The parameter 'sample' is given 2 times."),
        ("one/scene?deep=1", 422, "The address takes no parameter 'deep'."),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_said(
    client: TestClient, address: str, status: int, sentence: str
) -> None:
    answer = client.get(f"/api/runs/{address}")
    assert answer.status_code == status
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.error.startswith(sentence)
    assert problem.remedy


def test_a_damaged_run_is_said(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "one" / "snapshots" / "0" / "statistics.safetensors").write_bytes(b"")
    answer = client.get("/api/runs/one/scene")
    assert answer.status_code == 500
    assert "is truncated: it ends after 0 bytes" in answer.json()["error"]


def test_a_run_that_was_analysed_anew_is_read_anew(client: TestClient, tmp_path: Path) -> None:
    first = client.get("/api/runs/one/layer?id=relu").content
    write_run(tmp_path / "one", seed=9, overwrite=True)
    assert client.get("/api/runs/one/layer?id=relu").content != first


def test_the_server_loads_no_torch(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    program = (
        "import sys; from pathlib import Path; from cnnvis.serve.runs import RunShelf;"
        "from cnnvis.serve.launch import open_runs; from cnnvis.serve.app import create_app;"
        f"studio = RunShelf([Path({str(run)!r})]).studio('run'); studio.scene_bytes(); studio.layer_bytes('relu');"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_server_starts_without_what_analyses_need() -> None:
    """SciPy takes half a second: it is loaded when something must be analysed."""
    program = "import sys, cnnvis.serve; sys.exit(' '.join({'scipy', 'sklearn', 'torch'} & set(sys.modules)) or 0)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
