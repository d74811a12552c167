"""Replay against the fold over plain dictionaries; undo is one edit fewer; clusters stay a partition."""

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cnnvis.compose.edits_replay import History, apply, cluster_number, layers_of
from cnnvis.compose.edits_resolve import resolve
from cnnvis.schema.edits import ClusterState, Import, LayerClusters, LogEntry, Move, Part, Regroup
from cnnvis.schema.errors import EditError
from tests.compose.plain_edits import halves, plain, plain_fold, random_edit, some_clusters

NEURONS = 12


def random_log(seed: int, length: int) -> list[LogEntry]:
    """Return a log of edits that fit, undo and redo, in two layers."""
    rng = random.Random(seed)
    history, rows = History(), []
    for number in range(1, length + 1):
        start = some_clusters(rng.choice(["relu", "fc"]), NEURONS)
        act = rng.choices(["edit", "undo", "redo"], [6, 3, 2])[0]
        if act == "undo" and history.done:
            row = LogEntry(act="undo")
        elif act == "redo" and history.undone:
            row = LogEntry(act="redo")
        else:
            now = history.layer(start.layer)
            highest = max(history.highest(start.layer), 3)
            asked = random_edit(rng, now or start, NEURONS)
            try:
                edit = resolve(asked, now or start, neurons=NEURONS, highest=highest, group=halves)
            except EditError:
                continue
            row = LogEntry(edit=edit, starts=() if now else (start,))
        row = replace(row, revision=number)
        history.read([row])
        rows.append(row)
    return rows


@given(st.integers(0, 100_000), st.integers(0, 40))
def test_any_log_comes_to_what_the_fold_over_dictionaries_says(seed: int, length: int) -> None:
    rows = random_log(seed, length)
    at_once, one_by_one = History().read(rows), History()
    for row in rows:
        one_by_one.read([row])
    assert {each.layer: plain(each) for each in at_once.layers} == plain_fold(rows)
    assert at_once.layers == one_by_one.layers
    assert at_once.revision == (rows[-1].revision if rows else 0)


@given(st.integers(0, 100_000), st.integers(1, 40))
def test_every_neuron_stays_in_exactly_one_cluster_that_is_not_empty(seed: int, length: int) -> None:
    for each in History().read(random_log(seed, length)).layers:
        assert sorted(neuron for cluster in each.clusters for neuron in cluster.neurons) == list(range(NEURONS))
        assert all(cluster.neurons == tuple(sorted(cluster.neurons)) != () for cluster in each.clusters)
        assert len({cluster.id for cluster in each.clusters}) == len(each.clusters)


@given(st.integers(0, 100_000), st.integers(1, 40))
def test_an_id_is_never_given_to_another_cluster(seed: int, length: int) -> None:
    """Also not after an undo: what is called c5 once is the only thing ever called c5 in this layer."""
    rows = random_log(seed, length)
    made: dict[str, list[str]] = {}
    history = History()
    for row in rows:
        if row.edit is not None and row.act == "edit":
            (layer,) = layers_of(row.edit)
            now = history.layer(layer) or row.starts[0]
            after = apply(row.edit, now)  # pyright: ignore[reportArgumentType]
            old = {cluster.id for cluster in now.clusters}
            made.setdefault(layer, ["c1", "c2", "c3"]).extend(c.id for c in after.clusters if c.id not in old)
        history.read([row])
    for ids in made.values():
        assert len(set(ids)) == len(ids)


def test_a_thousand_edits_undone_give_the_beginning_and_redone_the_end() -> None:
    rng = random.Random(3)
    history, start = History(), some_clusters(neurons=NEURONS)
    states: list[LayerClusters | None] = [None]
    revision = 0
    while len(history.done) < 1000:
        now = history.layer("relu")
        try:
            asked = random_edit(rng, now or start, NEURONS)
            edit = resolve(asked, now or start, neurons=NEURONS, highest=max(3, history.highest("relu")), group=halves)
        except EditError:
            continue
        revision += 1
        history.read([LogEntry(revision=revision, edit=edit, starts=() if now else (start,))])
        states.append(history.layer("relu"))
    for state in states[-2::-1]:
        revision += 1
        assert history.read([LogEntry(revision=revision, act="undo")]).layer("relu") == state
    assert history.layers == ()
    for state in states[1:]:
        revision += 1
        assert history.read([LogEntry(revision=revision, act="redo")]).layer("relu") == state
    assert history.undone == []


def test_marks_without_an_edit_change_nothing() -> None:
    history = History().read([LogEntry(revision=1, act="undo"), LogEntry(revision=2, act="redo")])
    assert (history.revision, history.layers, history.done, history.undone) == (2, (), [], [])


def test_a_new_edit_ends_what_could_be_redone() -> None:
    start = some_clusters()
    first = Move(layer="relu", neurons=(0,), to="c2")
    rows = [
        LogEntry(revision=1, edit=first, starts=(start,)),
        LogEntry(revision=2, act="undo"),
        LogEntry(revision=3, edit=replace(first, to="c3"), starts=(start,)),
        LogEntry(revision=4, act="redo"),
    ]
    history = History().read(rows)
    assert [row.revision for row in history.done] == [3]
    assert history.undone == []


def test_an_import_replaces_several_layers_and_is_one_step() -> None:
    layers = (some_clusters("fc", clusters=2), some_clusters("relu", clusters=4))
    starts = (some_clusters("fc"), some_clusters("relu"))
    row = LogEntry(revision=1, edit=Import(layers=layers, source="other"), starts=starts)
    history = History().read([row])
    assert history.layers == layers
    assert layers_of(Import(layers=layers, source="other")) == ("fc", "relu")
    assert (history.highest("relu"), history.highest("fc"), history.highest("else")) == (4, 3, 0)
    assert history.read([LogEntry(revision=2, act="undo")]).layers == ()


def test_grouping_anew_keeps_what_is_locked_and_the_names_of_what_stays() -> None:
    before = LayerClusters(
        layer="relu",
        clusters=(
            ClusterState(id="c1", neurons=(0, 1), name="a", note="n"),
            ClusterState(id="c2", neurons=(2, 3), name="b"),
            ClusterState(id="c3", neurons=(4,), locked=True),
        ),
    )
    edit = Regroup(layer="relu", method="kmeans", parts=(Part("c1", (0, 1, 2)), Part("c4", (3,))))
    assert apply(edit, before) == LayerClusters(
        layer="relu",
        method="kmeans",
        clusters=(
            ClusterState(id="c3", neurons=(4,), locked=True),
            ClusterState(id="c1", neurons=(0, 1, 2), name="a", note="n"),
            ClusterState(id="c4", neurons=(3,)),
        ),
    )


def test_the_number_of_an_id() -> None:
    assert [cluster_number(name) for name in ("c12", "c", "x3", "c٣", "")] == [12, 0, 0, 0, 0]
