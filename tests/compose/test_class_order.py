"""The class order and its groups: runs of the order, named by typical classes or by the user."""

from pathlib import Path

import numpy as np

from cnnvis.analysis.reorder import class_order
from cnnvis.compose.class_order import MOST_VISIBLE, cluster_order, ordered_classes
from cnnvis.schema.run import NamedGroup
from cnnvis.schema.scene import ClassGroupFacts
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


def families(count: int, each: int, seed: int = 0) -> np.ndarray:
    """Return columns of classes that come in well separated families, shuffled by stride."""
    rng = np.random.default_rng(seed)
    rows = 10 * rng.normal(size=(count, 1, 6)) + 0.1 * rng.normal(size=(count, each, 6))
    return rows.transpose(1, 0, 2).reshape(count * each, 6)


def assert_tiled(groups: tuple[ClassGroupFacts, ...], start: int, stop: int) -> None:
    """Groups follow one another without gaps, at every level."""
    assert [group.start for group in groups] == [start, *(group.stop for group in groups[:-1])]
    assert groups[-1].stop == stop
    for group in groups:
        if group.parts:
            assert_tiled(group.parts, group.start, group.stop)


def test_few_classes_need_no_groups() -> None:
    columns = families(8, 5)
    found = ordered_classes(columns, [f"{index}" for index in range(40)])
    assert found.groups == ()
    assert list(found.order) == class_order(columns).tolist()


def test_many_classes_come_in_groups_that_cover_the_order() -> None:
    columns = families(20, 10)
    names = [f"family {index % 20} member {index // 20}" for index in range(200)]
    found = ordered_classes(columns, names)
    assert list(found.order) == class_order(columns).tolist()
    assert len(found.groups) <= MOST_VISIBLE
    assert_tiled(found.groups, 0, 200)
    for group in found.groups:
        members = {names[index].split(" member")[0] for index in found.order[group.start : group.stop]}
        assert len(members) == 1
        assert group.title.startswith(members.pop())


def test_groups_are_named_by_the_classes_nearest_to_their_mean() -> None:
    columns = families(10, 12, seed=3) * [1, 100, 1, 1, 1, 1]
    names = [f"c{index}" for index in range(120)]
    found = ordered_classes(columns, names)
    sizes: set[int] = set()
    for group in found.groups:
        members = found.order[group.start : group.stop]
        # A neuron with large values does not decide alone.
        rows = [columns[index] / columns.std(axis=0) for index in members]
        mean = sum(rows) / len(rows)
        nearest = sorted(zip((float(np.linalg.norm(row - mean)) for row in rows), members, strict=True))
        named = {names[index] for _, index in nearest[:2]}
        words = group.title.replace(" and ", ", ").split(", ")
        assert set(words[:2]) == named
        assert words[2:] == ([f"{len(members) - 2} more"] if len(members) > 2 else [])
        sizes.add(min(len(members), 3))
    assert 3 in sizes


def test_classes_without_images_are_a_group_at_the_end() -> None:
    columns = families(10, 5)
    columns[[3, 7]] = np.nan
    found = ordered_classes(columns, [f"{index}" for index in range(50)])
    assert found.order[-2:] == (3, 7)
    assert found.groups[-1] == ClassGroupFacts(start=48, stop=50, title="2 classes without images")
    assert_tiled(found.groups, 0, 50)


def test_no_class_with_images_at_all() -> None:
    found = ordered_classes(np.full((50, 2), np.nan), [f"{index}" for index in range(50)])
    assert found.order == tuple(range(50))
    assert found.groups == (ClassGroupFacts(start=0, stop=50, title="50 classes without images"),)


def test_the_users_groups_are_runs_of_the_order_with_their_names() -> None:
    columns = families(3, 3, seed=5)
    columns[8] = np.nan
    hierarchy = (
        NamedGroup(name="mixed", classes=(0,), groups=(NamedGroup(name="inner", classes=(1, 5, 8)),)),
        NamedGroup(name="two", classes=(2, 4)),
    )
    found = ordered_classes(columns, list("abcdefghi"), hierarchy)
    assert sorted(found.order) == list(range(9))
    assert_tiled(found.groups, 0, 9)
    held = {group.title: set(found.order[group.start : group.stop]) for group in found.groups}
    assert held == {"mixed": {0, 1, 5, 8}, "two": {2, 4}, "d": {3}, "g": {6}, "h": {7}}
    mixed = next(group for group in found.groups if group.title == "mixed")
    assert {part.title for part in mixed.parts} == {"a", "inner"}


def test_a_cluster_orders_classes_by_its_own_neurons(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    values = run.statistics.array("relu", "after_mean")
    order = cluster_order(run, "relu", (1, 3), "activations")
    assert order == class_order(values[:, [1, 3]].astype(np.float64)).tolist()
    assert cluster_order(run, "fc", (0,), "contributions") is None
