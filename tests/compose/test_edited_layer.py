"""The scene of edited clusters: what is not touched stays byte for byte, the rest is as if made from scratch."""

import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest

from cnnvis.compose import edited_layers
from cnnvis.compose.edited_layers import automatic_clusters
from cnnvis.compose.studio import Studio
from cnnvis.schema.edits import Create, Merge, Move, Regroup, Rename
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    return Studio(read_run(write_run(tmp_path / "run")))


def test_without_edits_the_automatic_clusters_are_what_edits_begin_with(studio: Studio) -> None:
    scene = studio.layer("relu")
    start = automatic_clusters(scene)
    assert [(each.id, each.neurons) for each in start.clusters] == [
        (each.id, tuple(sorted(each.neurons))) for each in scene.clusters
    ]
    assert studio.clusters_key("relu") == ""


def test_what_sizes_stand_for_is_the_layers_and_stays(studio: Studio) -> None:
    scene = studio.layer("relu")
    assert {each.importance for each in scene.sizes} == {
        packing.importance for each in scene.clusters for packing in each.packings
    }
    values = {each.importance: each.typical for each in scene.sizes}
    assert values["uniform"] == 1.0
    assert all(value > 0 for value in values.values())
    studio.edits.make(Merge(layer="relu", clusters=tuple(each.id for each in scene.clusters[:2])))
    assert studio.layer("relu").sizes == scene.sizes


def test_only_what_is_touched_changes(studio: Studio) -> None:
    before = {each.id: each for each in studio.layer("relu").clusters}
    first = studio.layer("relu").clusters[0]
    studio.edits.make(Create(layer="relu", neurons=first.neurons[:1]))
    scene = studio.layer("relu")
    for each in scene.clusters:
        if each.id in before and each.id != first.id:
            assert each == before[each.id]
    assert sorted(neuron for each in scene.clusters for neuron in each.neurons) == [0, 1, 2, 3, 4]
    assert not scene.clustering.automatic
    studio.edits.undo()
    assert {each.id: each for each in studio.layer("relu").clusters} == before


def test_the_scene_depends_on_the_clusters_alone_not_on_how_they_came_about(studio: Studio, tmp_path: Path) -> None:
    other = Studio(read_run(write_run(tmp_path / "run", overwrite=True)))
    for one in (0, 1, 2):
        if one not in studio.edits.clusters("relu").clusters[0].neurons:
            studio.edits.make(Move(layer="relu", neurons=(one,), to="c1"))
            studio.layer_bytes("relu")
    again = Studio(studio.run)
    assert again.layer_bytes("relu") == studio.layer_bytes("relu")
    assert other.clusters_key("relu") in ("", again.clusters_key("relu"))


def test_a_name_is_the_title_and_the_page_of_a_neuron_knows_its_cluster(studio: Studio) -> None:
    found = studio.layer("relu").clusters
    # A cluster that was not found, so that its title is one that was never sent.
    chosen = found[0].neurons[0], found[1].neurons[0]
    studio.edits.make(Create(layer="relu", neurons=chosen, name="lonely"))
    made = studio.edits.clusters("relu").clusters[-1].id
    named = {each.id: each for each in studio.layer("relu").clusters}
    assert named[made].title == "lonely"
    assert named[made].found
    assert [each.found for each in named.values() if each.id != made] == [""] * (len(named) - 1)
    assert studio.neuron(f"relu:{chosen[0]}").cluster == made
    key = studio.clusters_key("relu")
    studio.edits.make(Rename(layer="relu", cluster=made, name=""))
    assert studio.clusters_key("relu") != key
    unnamed = {each.id: each for each in studio.layer("relu").clusters}
    assert (unnamed[made].title, unnamed[made].found) == (named[made].found, "")


def test_a_class_order_is_that_of_the_edited_cluster(studio: Studio) -> None:
    made = studio.edits.make(Create(layer="relu", neurons=(0, 1))).layers[0].clusters[-1].id
    order = msgspec.json.decode(studio.class_order_bytes("relu", made, "activations"))
    assert sorted(order) == [0, 1, 2]
    studio.edits.undo()
    with pytest.raises(KeyError):
        studio.class_order_bytes("relu", made, "activations")


def test_the_silhouette_is_that_of_the_clusters_shown(studio: Studio) -> None:
    """Against the definition (Rousseeuw 1987), neuron by neuron; never-active ones do not count."""
    studio.edits.make(Create(layer="relu", neurons=(0, 1)))
    scene = studio.layer("relu")
    features = studio._edited._layer("relu")._material.features
    firing = [each.neurons for each in scene.clusters if not each.never_active]
    scores = []
    for members in firing:
        for neuron in members:

            def mean(to: tuple[int, ...], neuron: int = neuron) -> float:
                return float(np.mean([np.linalg.norm(features[neuron] - features[other]) for other in to]))

            if len(members) == 1:
                scores.append(0.0)
                continue
            within = mean(tuple(other for other in members if other != neuron))
            nearest = min(mean(other) for other in firing if other is not members)
            scores.append((nearest - within) / max(within, nearest))
    assert scene.clustering.silhouette == pytest.approx(np.mean(scores))
    assert scene.clustering.k == len(firing)
    assert scene.clustering.stability is None
    names = tuple(each.id for each in scene.clusters if not each.never_active)
    studio.edits.make(Merge(layer="relu", clusters=names))
    assert studio.layer("relu").clustering.silhouette is None


def test_titles_of_edited_clusters_differ_and_a_name_is_kept(studio: Studio) -> None:
    studio.edits.make(Create(layer="relu", neurons=(0, 1), name="mine"))
    studio.edits.make(Create(layer="relu", neurons=(2,)))
    titles = [each.title for each in studio.layer("relu").clusters]
    assert titles.count("mine") == 1
    assert len(set(titles)) == len(titles)


def test_tiles_show_what_they_showed_before(studio: Studio) -> None:
    def shown() -> dict[int, object]:
        return {
            neuron: (sprite, rank)
            for each in studio.layer("relu").clusters
            for neuron, sprite, rank in zip(each.neurons, each.sprites, each.ranks, strict=True)
        }

    before, picture = shown(), studio.atlas_bytes("relu")
    studio.edits.make(Merge(layer="relu", clusters=tuple(each.id for each in studio.layer("relu").clusters)))
    assert shown() == before
    assert studio.atlas_bytes("relu") == picture


def test_an_edited_cluster_starts_from_the_automatic_one_that_most_of_it_was_in(studio: Studio) -> None:
    layer = studio._edited._layer("relu")
    automatic = studio.layer("relu").clusters
    largest = max(automatic, key=lambda each: len(each.neurons))
    start = layer._start(largest.neurons[:1])
    assert start is not None
    assert start.neurons.tolist() == list(largest.neurons)
    assert start.scenes == largest.packings, "as it was drawn"
    assert layer._start((100, 101)) is None


def test_a_preview_is_a_scene_and_keeps_nothing(studio: Studio) -> None:
    before = studio.layer_bytes("relu")
    shown = studio.preview(Regroup(layer="relu", method="kmeans", k=2)).after
    assert (shown.clustering.method, shown.clustering.automatic) == ("kmeans", False)
    assert (shown.atlas, shown.matrices) == (studio.layer("relu").atlas, studio.layer("relu").matrices)
    assert studio.layer_bytes("relu") == before
    studio.edits.make(Regroup(layer="relu", method="kmeans", k=2))
    assert studio.layer("relu") == shown


def test_what_edits_need_is_loaded_once_and_not_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    done = threading.Event()

    def load(name: str) -> None:
        loaded.append(name)
        done.set()

    monkeypatch.setattr(edited_layers, "SOON", 0.05)
    monkeypatch.setattr(edited_layers, "import_module", load)
    studio.get_ready()
    studio.get_ready()
    assert loaded == []
    assert done.wait(20)
    assert loaded == ["cnnvis.compose.edited_layer"]
