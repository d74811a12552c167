"""What fits and what does not, in sentences; ids that stay with what a cluster mostly is; what an edit builds on."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cnnvis.compose.edits_replay import apply
from cnnvis.compose.edits_resolve import footprint, grouper, groups_of, keep_ids, resolve
from cnnvis.schema.edits import (
    ClusterState,
    Create,
    Edit,
    LayerClusters,
    Lock,
    Merge,
    Method,
    Move,
    Note,
    Part,
    Regroup,
    Rename,
    Split,
)
from cnnvis.schema.errors import EditError
from tests.compose.plain_edits import halves, plain, random_edit, some_clusters

NEURONS = 12


def resolved(edit: Edit, now: LayerClusters | None = None) -> Edit:
    return resolve(edit, now or some_clusters(), neurons=NEURONS, highest=7, group=halves)


def locked(*names: str) -> LayerClusters:
    now = some_clusters()
    return replace(now, clusters=tuple(replace(each, locked=each.id in names) for each in now.clusters))


def test_what_an_edit_makes_is_found_and_what_was_sent_along_is_not_believed() -> None:
    sent = (Part("evil", (0, 1, 2, 3)),)
    assert resolved(Move(layer="relu", neurons=(3, 1, 3), to="c2")) == Move(layer="relu", neurons=(1, 3), to="c2")
    assert resolved(Create(layer="relu", neurons=(5, 0), id="c1")) == Create(layer="relu", neurons=(0, 5), id="c8")
    assert resolved(Merge(layer="relu", clusters=("c2", "c1", "c2"))) == Merge(layer="relu", clusters=("c2", "c1"))
    assert resolved(Split(layer="relu", cluster="c1", parts=sent)) == Split(
        layer="relu", cluster="c1", parts=(Part("c1", (0, 6)), Part("c8", (3, 9)))
    )
    again = resolved(Regroup(layer="relu", k=3, parts=sent))
    assert again == Regroup(layer="relu", k=3, parts=tuple(Part(c.id, c.neurons) for c in some_clusters().clusters))


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (Move(layer="relu", neurons=(0,), to="c9"), "relu has no cluster 'c9'; it has c1, c2, c3."),
        (Move(layer="relu", neurons=(12,), to="c1"), "relu has no neuron 12; its neurons are 0 to 11."),
        (Move(layer="relu", neurons=(0, 3), to="c1"), "These neurons are in c1 already."),
        (Create(layer="relu", neurons=(-1,)), "relu has no neuron -1"),
        (Merge(layer="relu", clusters=("c1", "c1")), "Merging needs two clusters, but only c1 was named."),
        (Split(layer="relu", cluster="c1", k=5), "c1 has 4 neurons, which are too few for 5 clusters."),
        (Split(layer="relu", cluster="c9"), "relu has no cluster 'c9'"),
        (Regroup(layer="relu", method="meanshift", k=2), "2 clusters were asked of MeanShift"),
        (Lock(layer="relu", cluster="c1", locked=False), "c1 is not locked already."),
        (Rename(layer="relu", cluster="c9", name="x"), "relu has no cluster 'c9'"),
        (Note(layer="relu", text="x", cluster="c9"), "relu has no cluster 'c9'"),
        (Note(layer="relu", text="x", neuron=12), "relu has no neuron 12"),
        (Note(layer="relu", text="x", cluster="c1", neuron=1), "A note was given for a cluster and for a neuron"),
    ],
)
def test_what_does_not_fit_is_said(edit: Edit, sentence: str) -> None:
    with pytest.raises(EditError) as caught:
        resolved(edit)
    assert caught.value.message.startswith(sentence)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "edit",
    [
        Move(layer="relu", neurons=(1,), to="c1"),
        Move(layer="relu", neurons=(0,), to="c2"),
        Create(layer="relu", neurons=(0, 1)),
        Merge(layer="relu", clusters=("c2", "c1")),
        Split(layer="relu", cluster="c1"),
    ],
)
def test_locked_clusters_stay_as_they_are(edit: Edit) -> None:
    with pytest.raises(EditError, match=r"c1 of relu is locked\. Unlock it first\."):
        resolved(edit, locked("c1"))


def test_locked_clusters_can_be_named_and_noted_and_grouping_anew_goes_around_them() -> None:
    now = locked("c1")
    for edit in (Rename(layer="relu", cluster="c1", name="x"), Note(layer="relu", cluster="c1", text="x")):
        assert resolved(edit, now) == edit
    again = resolved(Regroup(layer="relu", k=1), now)
    assert isinstance(again, Regroup)
    assert [part.neurons for part in again.parts] == [(1, 2, 4, 5, 7, 8, 10, 11)]
    with pytest.raises(EditError, match="All clusters of relu are locked"):
        resolved(Regroup(layer="relu"), locked("c1", "c2", "c3"))


def test_neurons_that_are_all_alike_cannot_be_split() -> None:
    def one(members: Sequence[int], method: Method, k: int | None) -> list[tuple[int, ...]]:
        del method, k
        return [tuple(members)]

    with pytest.raises(EditError, match="are all alike"):
        resolve(Split(layer="relu", cluster="c1"), some_clusters(), neurons=NEURONS, highest=3, group=one)


@given(st.integers(0, 100_000))
def test_a_part_keeps_the_id_of_the_one_cluster_that_it_mostly_is(seed: int) -> None:
    rng = random.Random(seed)
    before, after = ([rng.randrange(4) for _ in range(NEURONS)] for _ in range(2))
    old = [
        ClusterState(id=f"c{number}", neurons=tuple(n for n in range(NEURONS) if before[n] == number))
        for number in set(before)
    ]
    found = [tuple(n for n in range(NEURONS) if after[n] == number) for number in sorted(set(after))]
    parts = keep_ids(found, old, 20)
    assert [part.neurons for part in parts] == found
    assert len({part.id for part in parts}) == len(parts)
    for part in parts:
        shares = {c.id: len({*c.neurons} & {*part.neurons}) / len({*c.neurons} | {*part.neurons}) for c in old}
        if part.id in shares:
            assert shares[part.id] > 0.5
        else:
            assert max(shares.values()) <= 0.5
            assert int(part.id[1:]) > 20


@given(st.integers(0, 100_000))
def test_an_edit_whose_footprint_is_unchanged_does_the_same(seed: int) -> None:
    """One edit comes between deciding and making another: where the footprint is the same, it may be made.

    It then still fits, and in either order both edits together give the same clusters.
    """
    rng = random.Random(seed)
    seen = locked(*rng.sample(["c1", "c2", "c3"], rng.randint(0, 1)))
    try:
        mine, other = resolved(random_edit(rng, seen, NEURONS), seen), resolved(random_edit(rng, seen, NEURONS), seen)
    except EditError:
        return
    between = apply(other, seen)
    if footprint(mine, seen) != footprint(mine, between):
        return
    one = apply(resolved(mine, between), between)
    if isinstance(other, Create | Split | Regroup) and isinstance(mine, Create | Split | Regroup):
        return  # both give ids: the order decides which
    if footprint(other, seen) == footprint(other, apply(mine, seen)):
        two = apply(resolved(other, apply(mine, seen)), apply(mine, seen))
        assert _sets(one) == _sets(two)


def _sets(clusters: LayerClusters) -> object:
    state = plain(clusters)
    # Where a new cluster stands depends on what came first.
    return sorted((each["id"], sorted(each["neurons"]), each["name"], each["note"]) for each in state["clusters"])


@pytest.mark.parametrize(
    ("mine", "other", "same"),
    [
        (Move(layer="relu", neurons=(0,), to="c2"), Move(layer="relu", neurons=(3,), to="c2"), True),
        (Move(layer="relu", neurons=(0,), to="c2"), Move(layer="relu", neurons=(0,), to="c3"), False),
        (Move(layer="relu", neurons=(0,), to="c2"), Merge(layer="relu", clusters=("c1", "c2")), False),
        (Move(layer="relu", neurons=(0,), to="c2"), Lock(layer="relu", cluster="c2"), False),
        (Merge(layer="relu", clusters=("c1", "c2")), Move(layer="relu", neurons=(2,), to="c1"), False),
        (Merge(layer="relu", clusters=("c1", "c2")), Rename(layer="relu", cluster="c1", name="x"), True),
        (Split(layer="relu", cluster="c1"), Split(layer="relu", cluster="c2"), True),
        (Split(layer="relu", cluster="c1"), Split(layer="relu", cluster="c1"), False),
        (Regroup(layer="relu"), Move(layer="relu", neurons=(0,), to="c2"), False),
        (Lock(layer="relu", cluster="c1"), Move(layer="relu", neurons=(0,), to="c2"), False),
        (Rename(layer="relu", cluster="c1", name="x"), Rename(layer="relu", cluster="c1", name="y"), False),
        (Rename(layer="relu", cluster="c1", name="x"), Rename(layer="relu", cluster="c2", name="y"), True),
        (Note(layer="relu", text="x", neuron=1), Note(layer="relu", text="y", neuron=1), False),
        (Note(layer="relu", text="x", neuron=1), Note(layer="relu", text="y", neuron=2), True),
        (Note(layer="relu", text="x", cluster="c1"), Note(layer="relu", text="y", cluster="c1"), False),
        (Note(layer="relu", text="x"), Note(layer="relu", text="y"), False),
        (Note(layer="relu", text="x"), Note(layer="relu", text="y", cluster="c1"), True),
    ],
)
def test_what_an_edit_builds_on(mine: Edit, other: Edit, same: bool) -> None:
    now = some_clusters()
    assert (footprint(mine, now) == footprint(mine, apply(resolved(other), now))) is same
    assert footprint(mine, None) == ()


def test_neurons_are_grouped_by_their_features_and_dead_ones_stay_together() -> None:
    features = np.repeat([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]], 4, axis=0) + np.random.default_rng(0).normal(
        0, 0.1, (12, 2)
    )
    dead = np.zeros(12, np.bool_)
    dead[3] = True
    group = grouper(features, dead)
    assert group(range(12), "ward", 3) == [(8, 9, 10, 11), (4, 5, 6, 7), (0, 1, 2), (3,)]
    assert group([5, 4, 9, 8], "kmeans", 2) in ([(4, 5), (8, 9)], [(8, 9), (4, 5)])


def test_groups_are_ascending() -> None:
    assert groups_of(np.array([1, 0, 1]), [9, 5, 2]) == [(5,), (2, 9)]
