"""The widget: what the page shows and what is selected are its traits, both ways."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anywidget", reason="it is an extra of cnnvis")

import traitlets

import cnnvis
from cnnvis.notebook import Selection
from cnnvis.notebook import widget as widgets
from cnnvis.notebook.widget import RunWidget
from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.scene import ClusterScene, LayerScene
from tests.making.folder import write_run


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "widget.js").write_text("export default {}")
    monkeypatch.setattr(widgets, "PAGE", folder)
    return folder


@pytest.fixture
def widget(page: Path, tmp_path: Path) -> Iterator[RunWidget]:
    shown = cnnvis.view(write_run(tmp_path / "a run"))
    yield shown
    shown.close()


def layer_of(widget: RunWidget) -> LayerScene:
    studio = widget._services.shelf.studio("a run")
    return studio.layer(studio.scene.groups[0].layer)


def ids(layer: LayerScene, cluster: ClusterScene) -> tuple[str, ...]:
    return tuple(f"{layer.layer}:{neuron}" for neuron in cluster.neurons)


def test_at_first_nothing_is_selected(widget: RunWidget) -> None:
    assert widget.selection == Selection()
    assert widget.address == "#/run/a%20run"
    assert widget.get_state()["_esm"] == "export default {}"


def test_what_the_user_selects_is_data_and_can_be_observed(widget: RunWidget) -> None:
    layer = layer_of(widget)
    cluster = layer.clusters[0]
    seen: list[Selection] = []
    widget.observe(lambda change: seen.append(change["new"]), names="selection")
    # As the page's message sets it.
    widget.set_state({"address": f"#/run/a%20run?layer={layer.layer}&cluster={cluster.id}&facet=activations"})
    expected = Selection(layer=layer.layer, cluster=cluster.id, title=cluster.title, neurons=ids(layer, cluster))
    assert widget.selection == expected
    assert seen == [expected]
    widget.set_state({"address": f"#/run/a%20run?layer={layer.layer}&cluster={cluster.id}&facet=features"})
    assert len(seen) == 1


def test_what_is_picked_in_a_matrix_is_data_too(widget: RunWidget) -> None:
    layer = layer_of(widget)
    widget.set_state({"address": f"#/run/a%20run?lit-in={layer.layer}&lit=0-1&marked=0,999"})
    assert widget.selection.picked == (f"{layer.layer}:0", f"{layer.layer}:1")
    names = [facts.name for facts in widget._services.shelf.studio("a run").scene.classes]
    assert widget.selection.classes == (names[0],)


def test_python_selects_and_the_page_is_told(widget: RunWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = layer_of(widget)
    cluster = layer.clusters[-1]
    told: list[Any] = []
    monkeypatch.setattr(widget, "send_state", lambda key=None: told.append(key))
    widget.address += "?facet=activations"
    widget.select(layer.layer, cluster=cluster.id)
    assert widget.selection.neurons == ids(layer, cluster)
    assert widget.address.endswith(f"cluster={cluster.id}&facet=activations")
    neuron = cluster.neurons[0]
    widget.select(layer.layer, neuron=neuron)
    assert (widget.selection.cluster, widget.selection.neurons) == (cluster.id, (f"{layer.layer}:{neuron}",))
    widget.select(layer.layer)
    assert (widget.selection.layer, widget.selection.cluster, widget.selection.neurons) == (layer.layer, None, ())
    widget.select()
    assert widget.selection == Selection()
    assert "address" in told


def test_what_is_not_there_cannot_be_selected(widget: RunWidget) -> None:
    layer = layer_of(widget).layer
    with pytest.raises(CnnvisError, match=r"^The run 'a run' has no layer 'none' with neurons\. Its columns are: "):
        widget.select("none")
    with pytest.raises(CnnvisError, match=r"has no cluster 'c99'\. It has: c"):
        widget.select(layer, cluster="c99")
    with pytest.raises(CnnvisError, match=r"has no neuron 999\. Give a channel"):
        widget.select(layer, neuron=999)
    assert widget.selection == Selection()


def test_an_edit_changes_who_is_in_the_selected_cluster(widget: RunWidget) -> None:
    layer = layer_of(widget)
    first = max(layer.clusters, key=lambda cluster: len(cluster.neurons))
    other = next(cluster for cluster in layer.clusters if cluster.id != first.id)
    widget.select(layer.layer, cluster=first.id)
    edits = cnnvis.Edits(widget._services.shelf.studio("a run").run.path)
    edits.move(layer.layer, [first.neurons[0]], to=other.id)
    widget._look_again()
    assert widget.selection.neurons == ids(layer, first)[1:]


def test_an_image_group_that_is_removed_is_looked_at_no_more(widget: RunWidget) -> None:
    edits = cnnvis.Edits(widget._services.shelf.studio("a run").run.path)
    edits.save_images("odd", [3, 4])
    widget.set_state({"address": "#/run/a%20run?images=&group=g1"})
    assert (sorted(widget.selection.images), widget.selection.image_set) == ([3, 4], "odd")
    edits.undo()
    widget._look_again()
    assert widget.selection == Selection()


def test_messages_are_answered_to_the_page(widget: RunWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, Any]] = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append((content, buffers)))
    ask = {"kind": "ask", "view": "v", "id": -1, "method": "GET", "address": "hello", "body": ""}
    widget._handle_custom_msg(ask, [])
    assert [content["kind"] for content, _ in sent] == ["heard", "answer"]


def test_the_selection_is_only_read_and_the_height_has_a_least(widget: RunWidget) -> None:
    with pytest.raises(traitlets.TraitError):
        widget.selection = Selection(layer="x")
    with pytest.raises(traitlets.TraitError):
        widget.height = 5


def test_two_widgets_of_a_run_share_what_was_read(widget: RunWidget, page: Path) -> None:
    path = widget._services.shelf.studio("a run").run.path
    again = cnnvis.view(cnnvis.read(path), height=300)
    assert again._services is widget._services
    assert cnnvis.view(path, read_only=True)._services is not widget._services
    again.close()


def test_where_no_kernel_lives_a_sentence_stands(widget: RunWidget) -> None:
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == "cnnvis: the run 'a run'. Run this cell to see it."
    json.dumps(data)


def test_a_page_that_is_not_built_says_how_to_build_it(page: Path, tmp_path: Path) -> None:
    (page / "widget.js").unlink()
    with pytest.raises(CnnvisError, match=r"^The page is not built\."):
        cnnvis.view(write_run(tmp_path / "other"))
