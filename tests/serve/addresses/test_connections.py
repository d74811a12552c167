"""The addresses of connections and paths, with right and wrong parameters."""

from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from cnnvis.schema.connection_scene import ConnectionScene, PathScene
from cnnvis.schema.scene import LayerScene, Problem
from cnnvis.serve.app import create_app
from cnnvis.serve.guard import Guard
from cnnvis.serve.runs import RunShelf
from tests.compose.test_cluster_links import make_run
from tests.making.folder import write_run


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    make_run(tmp_path / "linked", stored=None)
    runs = [tmp_path / "linked", write_run(tmp_path / "bare")]
    return TestClient(create_app(RunShelf(runs), Guard("127.0.0.1", None)), base_url="http://127.0.0.1")


def connections(client: TestClient, query: str = "") -> ConnectionScene:
    answer = client.get(f"/api/runs/linked/connections{query}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=ConnectionScene)


def test_connections_name_clusters_of_the_columns(client: TestClient) -> None:
    scene = connections(client)
    assert (scene.columns, scene.mode, scene.modes, scene.share) == (("relu", "fc"), "weights", ("weights",), 0.8)
    for layer, order in zip(scene.columns, scene.orders, strict=True):
        shown = msgspec.json.decode(client.get(f"/api/runs/linked/layer?id={layer}").content, type=LayerScene)
        assert sorted(order) == sorted(cluster.id for cluster in shown.clusters)
    (gap,) = scene.gaps
    assert 0 < gap.kept <= gap.total


def test_more_weight_draws_more(client: TestClient) -> None:
    kept = [connections(client, f"?share={share}").kept for share in (0, 0.5, 1)]
    assert kept[0] == 0
    assert kept == sorted(kept)
    assert connections(client, "?share=1").drawn == pytest.approx(1.0)
    assert (connections(client).most, connections(client, "?all=true").most) == (60, None)


def test_columns_come_in_running_order_each_once(client: TestClient) -> None:
    assert connections(client, "?column=fc&column=relu&column=fc") == connections(client, "?column=relu&column=fc")
    assert connections(client, "?column=fc").gaps == ()


def test_a_path_from_a_class_and_from_a_cluster(client: TestClient) -> None:
    from_class = msgspec.json.decode(client.get("/api/runs/linked/path?class=0").content, type=PathScene)
    assert from_class.start == "the class “ant”"
    assert [stop.layer for stop in from_class.stops] == ["relu"]
    answer = client.get("/api/runs/linked/path?layer=fc&cluster=c1&mode=weights")
    from_cluster = msgspec.json.decode(answer.content, type=PathScene)
    assert [stop.layer for stop in from_cluster.stops] == ["fc", "relu"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("connections?column=conv9", 404, "The run has no layer 'conv9'."),
        ("connections?mode=both", 422, "The parameter 'mode' is 'both', not contribution or weights."),
        ("connections?share=much", 422, "The parameter 'share' is 'much', not a number from 0 to 1."),
        ("connections?share=nan", 422, "The parameter 'share' is 'nan'"),
        ("connections?share=inf", 422, "The parameter 'share' is 'inf'"),
        ("connections?share=1.1", 422, "The parameter 'share' is '1.1'"),
        (f"connections?{'column=relu&' * 501}", 422, "'column' is given 501 times, not a text"),
        (f"connections?{'column=' + 'x' * 40000}", 414, "The address is too long."),
        ("path?class=7", 404, "The run has no layer, cluster or class 7."),
        ("path?class=-1", 422, "The parameter 'class' is '-1', not a whole number, 0 or more."),
        ("path?layer=fc&cluster=c99", 404, "The run has no layer, cluster or class 'c99'."),
        ("path?layer=fc", 422, "A path begins at a class, or at a cluster of a layer."),
        ("path?layer=fc&cluster=c1&class=0", 422, "A path begins at a class, or at a cluster of a layer."),
        ("path", 422, "A path begins at a class, or at a cluster of a layer."),
    ],
)
def test_wrong_addresses_say_what_is_wrong(client: TestClient, address: str, status: int, said: str) -> None:
    answer = client.get(f"/api/runs/linked/{address}")
    assert answer.status_code == status
    assert said in msgspec.json.decode(answer.content, type=Problem).error


@pytest.mark.parametrize("address", ["bare/connections", "bare/path?class=0", "linked/connections?mode=contribution"])
def test_what_a_run_does_not_hold_is_said_with_a_remedy(client: TestClient, address: str) -> None:
    answer = client.get(f"/api/runs/{address}")
    assert answer.status_code == 404
    found = msgspec.json.decode(answer.content, type=Problem)
    assert "no connections" in found.error
    assert "cnnvis" in found.remedy
