"""Names of columns and blocks."""

import pytest

from cnnvis.analysis.group.title import Column, block_titles, column_titles


def columns(*groups: tuple[str, ...], plain: bool = False, linear: int = 0) -> list[Column]:
    """One column per group of block paths; the last ``linear`` ones are linear layers."""
    return [
        Column(paths=paths, is_linear=index >= len(groups) - linear, is_plain=plain)
        for index, paths in enumerate(groups)
    ]


@pytest.mark.parametrize(
    ("groups", "titles"),
    [
        ((("conv1", "layer1.0", "layer1.1"), ("layer2.0",), ("fc",)), ("conv1, layer1", "layer2", "fc")),
        ((("features.0",), ("features.3", "features.4"), ("head",)), ("features.0", "features.3-4", "head")),
        ((("a", "b", "c", "d"), ("e",)), ("a … d", "e")),
        ((("net.x.0", "net.x.1"), ("net.y",)), ("net.x", "net.y")),
        ((("f.5", "head.0"), ("f.1",), ("head.1",)), ("f.5, head.0", "f.1", "head.1")),
        ((("cell",), ("other",), ("cell",)), ("cell", "other", "cell (2)")),
        ((("", "c0"), ("fc",)), ("c0", "fc")),
        ((("a",), ("",), ("",)), ("a", "", "")),
    ],
)
def test_columns_are_named_after_the_modules_that_are_theirs_alone(
    groups: tuple[tuple[str, ...], ...], titles: tuple[str, ...]
) -> None:
    assert column_titles(columns(*groups)) == titles


def test_plain_chain_of_numbers_is_numbered_as_in_the_paper() -> None:
    plain = columns(("0", "2"), ("5", "7"), ("10",), ("12",), plain=True, linear=2)
    assert column_titles(plain) == ("conv1", "conv2", "fc3", "fc4")


def test_plain_chain_keeps_real_names() -> None:
    assert column_titles(columns(("f.0", "f.2"), ("classifier",), plain=True)) == ("f", "classifier")


def test_blocks_of_numbered_columns_count_on() -> None:
    assert block_titles("conv2", ["5", "7"]) == ("conv2-1", "conv2-2")
    assert block_titles("fc3", ["10"]) == ("fc3",)
    assert block_titles("layer1", ["layer1.0", "layer1.1"]) == ("layer1.0", "layer1.1")
    assert block_titles("conv1", ["conv1.0", "conv1.3"]) == ("conv1.0", "conv1.3")
    assert block_titles("cell", ["cell", "cell"]) == ("cell", "cell (2)")
    assert block_titles("cell", ["cell", "", ""]) == ("cell", "", "")
