"""What is drawn between columns: every connection counted, none invented, few items, few crossings."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.compose.cluster_links import Pairs
from cnnvis.compose.connection_scene import (
    MOST_ITEMS,
    Linked,
    choose_mode,
    columns_of,
    draw_connections,
    link_columns,
)
from cnnvis.schema.connection_scene import ConnectionScene, GapScene
from cnnvis.schema.errors import RunError
from cnnvis.store.reader import read_run
from tests.compose.test_cluster_links import links_of, make_run
from tests.making.clusters import layer, pairs
from tests.making.folder import write_run


def linked(found: Pairs, sizes: list[int]) -> Linked:
    layers = [layer(f"l{number}", [(place,) for place in range(size)]) for number, size in enumerate(sizes)]
    return Linked(
        columns=tuple(columns_of(layers, {})),
        mode="weights",
        modes=("weights",),
        pairs=found,
        orders=tuple(np.arange(size) for size in sizes),
        warning="",
    )


def drawn_pairs(gap: GapScene) -> list[tuple[str, str, int]]:
    """Return every connection that the gap draws, in bundles or alone."""
    return [
        *((source, target, one.sign) for one in gap.bundles for source in one.sources for target in one.targets),
        *((one.source, one.target, one.sign) for one in gap.curves),
    ]


@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 7), min_size=2, max_size=4),
    share=st.sampled_from([0.0, 0.5, 0.8, 1.0]),
)
def test_every_curve_is_a_connection_and_all_are_counted(seed: int, sizes: list[int], share: float) -> None:
    found = pairs(seed, sizes)
    scene = draw_connections(linked(found, sizes), share=share)
    carried = 0.0
    for gap in scene.gaps:
        links = found[gap.source, gap.target]
        drawn = drawn_pairs(gap)
        assert len(drawn) == len(set(drawn)) == gap.kept
        strength = {1: links.positive, -1: -links.negative}
        values = [float(strength[sign][int(a[1:]) - 1, int(b[1:]) - 1]) for a, b, sign in drawn]
        assert all(value > 0 for value in values)
        whole = float(links.positive.sum() - links.negative.sum())
        carried += sum(values)
        assert gap.share == pytest.approx(sum(values) / whole if whole else 1.0)
        assert gap.total == np.count_nonzero(links.positive) + np.count_nonzero(links.negative)
        assert len({one.id for one in gap.bundles}) == len(gap.bundles)
    whole = sum(float(links.positive.sum() - links.negative.sum()) for links in found.values())
    assert scene.drawn == pytest.approx(carried / whole if whole else 1.0)
    assert scene.kept == sum(gap.kept for gap in scene.gaps)
    assert scene.total == sum(gap.total for gap in scene.gaps)
    curves = [len(one.sources) + len(one.targets) for gap in scene.gaps for one in gap.bundles]
    assert scene.curves == sum(curves) + sum(len(gap.curves) for gap in scene.gaps)


def test_by_default_a_gap_has_at_most_sixty_items_and_says_what_that_leaves() -> None:
    sizes = [20, 20]
    found = pairs(3, sizes, density=0.9)
    everything = draw_connections(linked(found, sizes), share=0.9)
    assert len(everything.gaps[0].bundles) + len(everything.gaps[0].curves) > MOST_ITEMS
    (gap,) = draw_connections(linked(found, sizes)).gaps
    assert 0 < len(gap.bundles) + len(gap.curves) <= MOST_ITEMS
    assert 0 < gap.share < 0.8
    assert gap.kept == len(drawn_pairs(gap)) < gap.total


def test_shares_of_bundles_and_curves_add_up_per_sign() -> None:
    sizes = [5, 4]
    (gap,) = draw_connections(linked(pairs(1, sizes), sizes), share=1.0).gaps
    for sign in (1, -1):
        shares = [one.share for one in (*gap.bundles, *gap.curves) if one.sign == sign]
        assert sum(shares) == pytest.approx(1.0)
    for one in gap.bundles:
        assert sum(one.source_weights) == pytest.approx(one.weight) == pytest.approx(sum(one.target_weights))
        assert ("excite" if one.sign > 0 else "inhibit") in one.words


def test_same_input_same_bytes() -> None:
    sizes = [6, 5, 4]
    scenes = [msgspec.json.encode(draw_connections(linked(pairs(2, sizes), sizes))) for _ in range(2)]
    assert scenes[0] == scenes[1]
    assert msgspec.json.decode(scenes[0], type=ConnectionScene).columns == ("l0", "l1", "l2")


def test_columns_of_a_run_are_linked_in_an_order_of_their_clusters(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    layers = [layer("relu", [(0, 2), (1,), (3, 4)]), layer("fc", [(2,), (0, 1)])]
    found = link_columns(links_of(run), layers, {"relu": "First"})
    assert (found.mode, found.modes, found.warning) == ("contribution", ("weights", "contribution"), "")
    assert [column.title for column in found.columns] == ["First", "fc"]
    assert [sorted(order) for order in found.order_ids] == [["c1", "c2", "c3"], ["c1", "c2"]]
    assert link_columns(links_of(run), layers, {}, mode="weights").mode == "weights"


def test_an_earlier_order_stays_where_moving_saves_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    layers = [layer("relu", [(0, 2), (1,), (3, 4)]), layer("fc", [(0, 1, 2)])]
    earlier = (("c3", "c1", "c2"), ("c1",))
    assert link_columns(links_of(run), layers, {}, mode="weights", earlier=earlier).order_ids == earlier
    new = link_columns(links_of(run), layers, {}, mode="weights", earlier=(("c3", "c1"), ("c1",))).order_ids
    assert [each for each in new[0] if each != "c2"] == ["c3", "c1"]


def test_a_column_without_stored_connections_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    layers = [layer("relu", [(0, 1, 2, 3, 4)]), layer("conv9", [(0,)]), layer("fc", [(0, 1, 2)])]
    found = link_columns(links_of(run), layers, {"conv9": "Block 9"}, mode="weights")
    assert found.warning == "No connections are stored for Block 9: they are kept for groups and blocks only."
    assert list(found.pairs) == [(0, 2)]


def test_a_run_without_connections_says_how_to_get_them(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    with pytest.raises(RunError, match="holds no connections") as caught:
        link_columns(links_of(run), [layer("relu", [(0, 1, 2, 3, 4)])], {})
    assert "cnnvis analyze" in caught.value.remedy


def test_the_mode_asked_for_or_the_better_one() -> None:
    assert choose_mode(("weights", "contribution"), None) == "contribution"
    assert choose_mode(("weights",), None) == "weights"
    assert choose_mode(("weights", "contribution"), "weights") == "weights"
    with pytest.raises(RunError, match="no connections by contribution for these columns and clusters"):
        choose_mode(("weights",), "contribution")
