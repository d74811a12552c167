"""The scene of connections says what is drawn: every one counted, none invented, shares of what arrives."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnvis.analysis.arrange import crossings
from cnnvis.compose.cluster_links import Pairs
from cnnvis.compose.connection_scene import draw_connections
from cnnvis.compose.drawn_items import MOST_ITEMS, shown_items
from cnnvis.schema.connection_scene import ConnectionScene, GapScene
from tests.making.clusters import linked, pairs

Drawn = tuple[str, str, int]


def drawn_pairs(gap: GapScene) -> list[Drawn]:
    """Return every connection that the gap draws, in bundles, in trunks or alone."""
    return [
        *((source, target, one.sign) for one in gap.bundles for source in one.sources for target in one.targets),
        *((one.source, one.target, one.sign) for one in gap.curves),
        *((one.sources[link.source], one.targets[link.target], one.sign) for one in gap.trunks for link in one.links),
    ]


def strength(found: Pairs, gap: GapScene, link: Drawn) -> float:
    links = found[gap.source, gap.target]
    source, target, sign = link
    values = links.positive if sign > 0 else -links.negative
    return float(values[int(source[1:]) - 1, int(target[1:]) - 1])


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4),
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
        values = [strength(found, gap, link) for link in drawn]
        assert all(value > 0 for value in values)
        whole = float(links.positive.sum() - links.negative.sum())
        assert gap.share == pytest.approx(sum(values) / whole if whole else 1.0)
        assert gap.total == np.count_nonzero(links.positive) + np.count_nonzero(links.negative)
        shares = [one.share for one in (*gap.bundles, *gap.curves, *gap.trunks)]
        assert sum(shares) == pytest.approx(gap.share * gap.part if whole else 0.0)
        assert len({one.id for one in (*gap.bundles, *gap.trunks)}) == len(gap.bundles) + len(gap.trunks)
        assert (gap.bundles, gap.curves) == ((), ()) or gap.target == gap.source + 1
        assert gap.trunks == () or gap.target > gap.source + 1
        carried += gap.share * gap.part
    parts = sum(gap.part for gap in scene.gaps)
    assert scene.drawn == pytest.approx(carried / parts if parts else 1.0)
    assert scene.kept == sum(gap.kept for gap in scene.gaps)
    assert scene.total == sum(gap.total for gap in scene.gaps)
    bundles = [one for gap in scene.gaps for one in (*gap.bundles, *gap.trunks)]
    fans = sum(len(one.sources) + len(one.targets) for one in bundles)
    assert scene.curves == fans + sum(len(gap.curves) + len(gap.trunks) for gap in scene.gaps)


def test_what_the_ends_of_a_bundle_carry_adds_up() -> None:
    sizes = [7, 6, 5]
    found = pairs(1, sizes)
    scene = draw_connections(linked(found, sizes))
    assert any(gap.bundles for gap in scene.gaps)
    for gap in scene.gaps:
        for one in gap.bundles:
            assert sum(one.source_shares) == pytest.approx(one.share) == pytest.approx(sum(one.target_shares))
        for one in gap.trunks:
            assert sum(link.share for link in one.links) == pytest.approx(one.share)
            assert [link.share for link in one.links] == sorted((link.share for link in one.links), reverse=True)


def test_the_limit_and_what_is_left_out_are_told() -> None:
    sizes = [20, 20]
    found = pairs(3, sizes, density=0.9)
    scene = draw_connections(linked(found, sizes))
    (gap,) = scene.gaps
    assert (scene.most, len(gap.bundles) + len(gap.curves)) == (MOST_ITEMS, MOST_ITEMS)
    assert gap.left_out > 0
    assert gap.share < 0.8
    everything = draw_connections(linked(found, sizes), most=None)
    assert everything.most is None
    assert (everything.gaps[0].left_out, everything.gaps[0].share) == (0, pytest.approx(0.8, abs=0.01))


def test_a_bundle_keeps_its_name_when_more_is_drawn() -> None:
    sizes = [9, 8]
    found = pairs(4, sizes)
    few, many = (draw_connections(linked(found, sizes), share=share).gaps[0] for share in (0.5, 1.0))
    assert few.bundles
    known = {one.id: one for one in many.bundles}
    assert all(known[one.id] == one for one in few.bundles)


def test_nodes_stand_in_an_order_with_few_crossings() -> None:
    """Against the order in which the bundles were chosen."""
    sizes = [12, 12]
    found = pairs(5, sizes, density=0.5)
    ours = linked(found, sizes)
    (gap,) = draw_connections(ours, share=1.0, most=None).gaps

    def crossed(bundles: list[tuple[list[int], list[int]]]) -> float:
        sides = ([(row, end) for row, one in enumerate(bundles) for end in one[side]] for side in (0, 1))
        return sum(crossings(*np.array(side, dtype=float).T) for side in sides)

    ranks = [{identity: place for place, identity in enumerate(order)} for order in ours.orders]
    drawn = [([ranks[0][a] for a in one.sources], [ranks[1][b] for b in one.targets]) for one in gap.bundles]
    (shown,) = shown_items(ours.gaps, share=1.0, most=None)
    chosen = [
        ([ranks[0][f"c{a + 1}"] for a in one.sources], [ranks[1][f"c{b + 1}"] for b in one.targets])
        for one in shown.drawings
        if one.connections > 1
    ]
    assert len(drawn) == len(chosen) > 5
    assert crossed(drawn) < 0.7 * crossed(chosen)


def test_same_input_same_bytes() -> None:
    sizes = [6, 5, 4]
    scenes = [msgspec.json.encode(draw_connections(linked(pairs(2, sizes), sizes))) for _ in range(2)]
    assert scenes[0] == scenes[1]
    scene = msgspec.json.decode(scenes[0], type=ConnectionScene)
    assert (scene.columns, scene.mode, scene.modes, scene.images) == (("l0", "l1", "l2"), "weights", ("weights",), None)
    assert scene.crossings <= scene.unordered
