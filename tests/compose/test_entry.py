"""The head of the page counts what it says it counts."""

from pathlib import Path

import msgspec

from cnnvis.compose.entry import run_entry, run_facts
from cnnvis.schema.graph import Edge, Layer, Unit
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run


def rewritten(path: Path, **changes: object) -> Run:
    """Write a run whose front page differs from the usual one."""
    with RunWriter(path) as writer:
        writer.write_model(msgspec.structs.replace(making.run_file(), **changes), making.graph())
        writer.write_pictures(making.pictures())
        writer.write_snapshot(making.snapshot_facts(), making.statistics())
        return read_run(writer.finish())


def test_neurons_after_a_non_linearity_are_counted(tmp_path: Path) -> None:
    facts = run_facts(read_run(write_run(tmp_path / "run")), "id")
    assert (facts.id, facts.neurons, facts.layers, facts.accuracy) == ("id", 5, 1, 0.75)
    assert facts.warnings == ()


def test_a_classifier_with_a_relu_is_left_out(tmp_path: Path) -> None:
    graph = making.graph()
    relu = Layer(id="last", path="last", op="relu", kind="activation", event="last/relu#1", shape=(3,), channel_axis=0)
    flat = Layer(id="/flatten#1", path="", op="flatten", kind="shape", event="/flatten#1", shape=(3,))
    last = Unit(id="last", before="fc", members=("fc", "last"), role="linear", activation="relu", neurons=3)
    changed = msgspec.structs.replace(
        graph,
        layers=(*graph.layers, relu, flat),
        edges=(*graph.edges, Edge("fc", "last", (3,)), Edge("last", "/flatten#1", (3,))),
        units=(graph.units[0], last),
        output="/flatten#1",
    )
    run = read_run(write_run(tmp_path / "run"))
    run.graph = changed
    assert (run_facts(run, "id").neurons, run_facts(run, "id").layers) == (5, 1)


def test_images_that_could_not_be_read_are_said(tmp_path: Path) -> None:
    data = msgspec.structs.replace(making.run_file().data, skipped=("a.png: truncated", "b.png: empty"))
    (warning,) = run_facts(rewritten(tmp_path / "run", data=data), "id").warnings
    assert warning == "2 images could not be read and were left out, first: a.png: truncated."


def test_without_labels_nothing_is_called_right(tmp_path: Path) -> None:
    run = rewritten(tmp_path / "run")
    run.snapshot = msgspec.structs.replace(run.snapshot, correct=None)
    assert run_entry(run, "id").detail == "tiny · noise · 12 images"
