"""The user's hierarchy of the classes: what is read, what is refused, and the tree that is grown from it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.class_hierarchy import hierarchy_tree, named_groups, read_class_groups
from cnnvis.schema.errors import DataError
from cnnvis.schema.run import NamedGroup

NAMES = ("cat", "owl", "wren", "car", "boat")


def test_lists_and_groups_inside_them_are_read() -> None:
    groups = named_groups({"animals": ["cat", {"birds": ["owl", "wren"]}], "vehicles": {"wheels": ["car"]}}, NAMES)
    assert groups == (
        NamedGroup(name="animals", classes=(0,), groups=(NamedGroup(name="birds", classes=(1, 2)),)),
        NamedGroup(name="vehicles", groups=(NamedGroup(name="wheels", classes=(3,)),)),
    )
    assert groups[0].all_classes == (0, 1, 2)


def test_all_classes_of_one_name_go_to_its_group() -> None:
    assert named_groups({"birds": ["crane"]}, ("crane", "car", "crane"))[0].classes == (0, 2)


@pytest.mark.parametrize(
    ("described", "message"),
    [
        (["cat"], "Class groups came as list, not as groups by name."),
        ({"animals": "cat"}, "The class group 'animals' came as 'cat', not as a list of classes."),
        ({"animals": []}, "The class group 'animals' came as [], not as a list of classes."),
        ({"animals": {"birds": {}}}, "The class group 'birds' came as {}, not as a list of classes."),
        ({"animals": ["cat", 3]}, "The class group 'animals' holds 3, neither a class nor a group."),
        (
            {"animals": ["cat", "dog", {"b": ["emu"]}]},
            "The class groups name 'dog', 'emu', which the data do not have.",
        ),
        ({"a": list("uvwxyz")}, "The class groups name 'u', 'v', 'w', 'x', 'y' and 1 more, which the data"),
        ({"a": ["cat", "owl"], "b": ["cat"]}, "The class groups hold 'cat' more than once."),
    ],
)
def test_what_is_no_hierarchy_is_refused(described: object, message: str) -> None:
    with pytest.raises(DataError) as caught:
        named_groups(described, NAMES)
    assert caught.value.message.startswith(message)
    assert caught.value.remedy


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"groups.json cannot be read \(No such file"):
        read_class_groups(tmp_path / "groups.json")
    (tmp_path / "groups.json").write_text('{"animals": [', encoding="utf-8")
    with pytest.raises(DataError, match=r"groups.json are not JSON"):
        read_class_groups(tmp_path / "groups.json")
    (tmp_path / "groups.json").write_text('{"animals": ["cat"]}', encoding="utf-8")
    assert read_class_groups(tmp_path / "groups.json") == {"animals": ["cat"]}


@st.composite
def hierarchies(draw: st.DrawFn) -> tuple[int, tuple[NamedGroup, ...]]:
    count = draw(st.integers(2, 12))
    left = list(draw(st.permutations(range(count))))

    def group(depth: int) -> NamedGroup:
        classes = tuple(left.pop() for _ in range(min(len(left), draw(st.integers(1, 3)))))
        inner = tuple(group(depth + 1) for _ in range(draw(st.integers(0, 2))) if left and depth < 2)
        return NamedGroup(name="group", classes=classes, groups=inner)

    return count, tuple(group(0) for _ in range(draw(st.integers(1, 3))) if left)


@given(hierarchies(), st.integers(0, 99))
def test_every_group_is_a_branch_of_the_tree(made: tuple[int, tuple[NamedGroup, ...]], seed: int) -> None:
    count, hierarchy = made
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(count, 3))
    columns[rng.random(count) < 0.2] = np.nan
    tree, filled = hierarchy_tree(columns, hierarchy)
    assert np.isfinite(filled).all()
    known = np.isfinite(columns)
    np.testing.assert_array_equal(filled[known], columns[known])
    branches = [frozenset([leaf]) for leaf in range(count)]
    for merge in tree:
        branches.append(branches[int(merge[0])] | branches[int(merge[1])])
        assert len(branches[-1]) == merge[3]
    assert branches[-1] == frozenset(range(count))
    waiting = list(hierarchy)
    while waiting:
        group = waiting.pop()
        assert frozenset(group.all_classes) in branches
        waiting.extend(group.groups)


def test_a_class_without_images_takes_its_groups_place() -> None:
    columns = np.array([[1.0], [3.0], [np.nan], [10.0]])
    _, filled = hierarchy_tree(columns, (NamedGroup(name="low", classes=(0, 1, 2)),))
    assert filled[:, 0].tolist() == [1.0, 3.0, 2.0, 10.0]
