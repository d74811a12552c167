"""Taking clusters to another run: neurons that were shuffled are found again, and what is left behind is said."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from cnnvis.analysis.match import NeuronMatch
from cnnvis.compose.edits_carry import WITHOUT, Carried, carry_layer, carry_words, check_file, export_edits
from cnnvis.compose.edits_replay import History
from cnnvis.schema.edits import ClusterState, EditsFile, ExportedLayer, LayerClusters, LogEntry, NeuronNote, Rename
from cnnvis.schema.errors import EditError
from cnnvis.store.reader import Run, read_run
from tests import making
from tests.making.folder import write_run

CLASSES = tuple(f"class {number}" for number in range(6))
NOW = LayerClusters(layer="relu", clusters=(ClusterState(id="c1", neurons=(0, 1, 2, 3, 4)),))


class OtherRun(Run):
    """A run in which only what carrying looks at is given."""

    def __init__(self, profiles: np.ndarray, classes: tuple[str, ...] = CLASSES) -> None:
        self.file = replace(making.run_file("here"), classes=classes)
        self.__dict__["statistics"] = self
        self._values = profiles

    def array(self, layer: str, name: str) -> np.ndarray:
        assert (layer, name) == ("relu", "after_mean")
        return self._values.T


def exported(profiles: np.ndarray, clusters: LayerClusters) -> tuple[EditsFile, ExportedLayer]:
    layer = ExportedLayer(clusters=clusters, neurons=len(profiles), profiles=profiles.astype("<f2").tobytes())
    return EditsFile(run="there", model="net", classes=CLASSES, layers=(layer,)), layer


def carried(source: np.ndarray, target: OtherRun) -> Carried:
    return carry_layer(target, *exported(source, theirs()), NOW, highest=9)


def theirs() -> LayerClusters:
    return LayerClusters(
        layer="relu",
        clusters=(
            ClusterState(id="c7", neurons=(0, 2), name="wheels", note="n", locked=True),
            ClusterState(id="c2", neurons=(1, 3, 4)),
        ),
        note="about it",
        notes=(NeuronNote(neuron=2, text="hm"),),
    )


def profiles() -> np.ndarray:
    return np.random.default_rng(3).random((5, 6))


def test_shuffled_neurons_are_found_again() -> None:
    order = np.array([3, 0, 4, 1, 2])
    found = carried(profiles(), OtherRun(profiles()[order]))
    place = {int(source): target for target, source in enumerate(order)}
    expected = [tuple(sorted(place[n] for n in each.neurons)) for each in theirs().clusters]
    assert [each.neurons for each in found.clusters.clusters] == expected
    assert [(each.name, each.note, each.locked) for each in found.clusters.clusters] == [
        ("wheels", "n", True),
        ("", "", False),
    ]
    # Elsewhere, c7 and c2 may have been something else: what mostly replaces c1 is c1, the other is new.
    assert [each.id for each in found.clusters.clusters] == ["c10", "c1"]
    assert found.clusters.notes == (NeuronNote(neuron=place[2], text="hm"),)
    assert found.clusters.note == "about it"
    assert (found.facts.by, found.facts.neurons, found.missing) == ("profiles", 5, ())


def test_what_has_no_counterpart_is_said_and_stands_apart() -> None:
    source = profiles()
    target = source[[1, 3, 4]]
    found = carried(source, OtherRun(np.vstack([target, np.full((1, 6), 0.5)])))
    assert [(each.neurons, each.name) for each in found.clusters.clusters] == [((0, 1, 2), ""), ((3,), WITHOUT)]
    assert found.missing == (
        "2 neurons of relu without counterpart here: 0, 2.",
        "Cluster c7 “wheels” of relu: none of its neurons has a counterpart here.",
        "The note on neuron 2 of relu.",
    )


def test_classes_are_paired_by_name() -> None:
    found = carried(profiles(), OtherRun(profiles()[:, ::-1], CLASSES[::-1]))
    assert found.facts.by == "identity"
    assert found.facts.agreement == pytest.approx(1.0, abs=1e-3)


def test_what_is_exported_holds_the_profiles(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    edit = Rename(layer="relu", cluster="c1", name="x")
    history = History().read([LogEntry(revision=1, edit=edit, starts=(NOW,))])
    file = export_edits(run, history)
    check_file(file)
    values = np.frombuffer(file.layers[0].profiles, "<f2").reshape(5, 3).astype(np.float64)
    stored = run.statistics.array("relu", "after_mean").T
    np.testing.assert_allclose(values * stored.max(), stored, rtol=2e-3)
    assert (file.run, file.classes, len(file.history)) == ("run", run.file.classes, 1)


def test_a_file_whose_parts_do_not_fit_is_refused() -> None:
    file, layer = exported(profiles(), theirs())
    check_file(file)
    double = replace(theirs(), clusters=(*theirs().clusters, ClusterState(id="c9", neurons=(0,))))
    same = replace(theirs(), clusters=tuple(replace(each, id="c1") for each in theirs().clusters))
    beyond = replace(theirs(), notes=(NeuronNote(neuron=5, text="x"),))
    for wrong in (
        replace(layer, profiles=b"12"),
        replace(layer, neurons=3),
        *(replace(layer, clusters=clusters) for clusters in (double, same, beyond)),
    ):
        with pytest.raises(EditError, match=r"The edits of relu are damaged.*Export them anew"):
            check_file(replace(file, layers=(wrong,)))
    with pytest.raises(EditError, match="of version 9, this cnnvis knows 1"):
        check_file(replace(file, version=9))


@pytest.mark.parametrize(
    ("identity", "agreement", "least", "sentence"),
    [
        (True, 0.9, None, "relu: 3 of 5 neurons taken over, matched by number."),
        (True, None, None, "matched by number (too few classes are known in both runs to compare by)."),
        (False, 0.9, 0.8, "matched by class profile (correlation 0.80 or more, which chance hardly gives)."),
        (False, None, None, "relu: nothing taken over. No neuron answers to the same classes"),
    ],
)
def test_what_was_matched_and_how_sure_that_is(
    identity: bool, agreement: float | None, least: float | None, sentence: str
) -> None:
    found = NeuronMatch(target=np.arange(3), identity=identity, agreement=agreement, least=least)
    assert sentence in carry_words(found, "relu", 3, 5)


def test_a_layer_that_has_nothing_in_common_is_not_carried() -> None:
    found = carried(profiles(), OtherRun(np.random.default_rng(9).random((5, 6))))
    assert found.facts.neurons == 0
    assert found.facts.words.startswith("relu: nothing taken over.")
    assert found.missing[0].startswith("5 neurons of relu without counterpart here")
