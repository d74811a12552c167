"""Columns with their connections: an order that the meanings share, and that earlier pictures are the beginning of."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.analysis.arrange import moved
from cnnvis.compose.cluster_links import ClusterLinks
from cnnvis.compose.connection_scene import draw_connections
from cnnvis.compose.linked import columns_of, link_columns
from cnnvis.schema.connections import ConnectionMatrix, Connections, ContributionConnections, ContributionMatrix
from cnnvis.schema.errors import RunError
from cnnvis.store.connections import write_connections
from cnnvis.store.reader import Run, read_run
from tests.compose.test_cluster_links import make_run
from tests.making.clusters import layer
from tests.making.folder import write_run

TWO_COLUMNS = [layer("relu", [(0, 2), (1,), (3, 4)]), layer("fc", [(2,), (0, 1)])]


def test_columns_of_a_run_are_linked_in_an_order_of_their_clusters(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    found = link_columns(ClusterLinks(run), TWO_COLUMNS, {"relu": "First"})
    assert (found.mode, found.modes.available, found.warning) == ("contribution", ("weights", "contribution"), "")
    assert [column.title for column in found.columns] == ["First", "fc"]
    assert [sorted(order) for order in found.orders] == [["c1", "c2", "c3"], ["c1", "c2"]]
    assert [(gap.left, gap.right, gap.part) for gap in found.gaps] == [(0, 1, 1.0)]
    assert link_columns(ClusterLinks(run), TWO_COLUMNS, {}, mode="weights").mode == "weights"


def test_an_earlier_order_stays_where_moving_saves_nothing(tmp_path: Path) -> None:
    links = ClusterLinks(make_run(tmp_path / "run"))
    layers = [layer("relu", [(0, 2), (1,), (3, 4)]), layer("fc", [(0, 1, 2)])]
    earlier = {"relu": ("c3", "c1", "c2"), "fc": ("c1",)}
    assert link_columns(links, layers, {}, mode="weights", earlier=earlier).orders == tuple(earlier.values())
    new = link_columns(links, layers, {}, mode="weights", earlier={"relu": ("c3", "c1")}).orders
    assert [each for each in new[0] if each != "c2"] == ["c3", "c1"]


def two_meanings(folder: Path, neurons: int) -> Run:
    """A run whose meanings differ: each alone would order its clusters in its own way."""
    path = write_run(folder)
    rng = np.random.default_rng(0)
    alike = np.eye(5)[:, :3] * 5
    weights, contribution = (alike + rng.random((5, 3)) for _ in range(2))
    matrix = ConnectionMatrix(source="relu", target="fc", values=weights)
    write_connections(path / "snapshots" / "0", Connections(pairs={("relu", "fc"): matrix}))
    given_to = ContributionMatrix(source="relu", target="fc", clusters=((0,), (1,), (2,)), values=contribution)
    read_run(path).add_contribution_connections(
        ContributionConnections(pairs={("relu", "fc"): given_to}, images=neurons, notes=())
    )
    return read_run(path)


def test_switching_the_meaning_moves_hardly_anything(tmp_path: Path) -> None:
    links = ClusterLinks(two_meanings(tmp_path / "run", 9))
    layers = [layer("relu", [(4,), (2,), (0,), (3,), (1,)]), layer("fc", [(1,), (0,), (2,)])]
    by_weight, by_contribution = (link_columns(links, layers, {}, mode=mode) for mode in ("weights", "contribution"))
    assert by_weight.shared == by_contribution.shared
    changed = [
        moved(np.argsort(one).astype(float), other)
        for one, other in zip(by_weight.arrangement.orders, by_contribution.arrangement.orders, strict=True)
    ]
    assert sum(changed) <= 1
    for found in (by_weight, by_contribution):
        assert found.arrangement.crossings < found.arrangement.unordered


def test_a_column_without_stored_connections_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    layers = [layer("relu", [(0, 1, 2, 3, 4)]), layer("conv9", [(0,)]), layer("fc", [(0, 1, 2)])]
    found = link_columns(ClusterLinks(run), layers, {"conv9": "Block 9"}, mode="weights")
    assert found.warning == "No connections are stored for Block 9: they are kept for groups and blocks only."
    assert list(found.pairs) == [(0, 2)]


WHOLE = [layer("relu", [(0, 1, 2, 3, 4)]), layer("fc", [(0, 1, 2)])]


def without_a_path(folder: Path, *, columns: tuple[str, ...] = ("relu", "fc"), why: str | None) -> ClusterLinks:
    """A run in which nothing is known of the way to its last column, or nothing leads there."""
    path = write_run(folder)
    gaps = {} if why is None else {("relu", "fc"): (why,)}
    write_connections(path / "snapshots" / "0", Connections(gaps=gaps, columns=columns))
    return ClusterLinks(read_run(path))


def test_a_layer_that_is_not_followed_is_named_and_not_called_too_large_to_store(tmp_path: Path) -> None:
    links = without_a_path(tmp_path / "run", why="/cumsum is not followed: the operation cumsum has no rule.")
    found = link_columns(links, WHOLE, {"relu": "First"})
    assert found.warning == "No connections of First, fc are known: what lies between is not followed."
    assert found.notes == (
        "Nothing is known of the connections from First to fc: /cumsum is not followed: the operation cumsum has no "
        "rule.",
    )
    scene = draw_connections(found)
    assert (scene.warning, scene.notes, scene.total) == (found.warning, found.notes, 0)
    hidden = link_columns(links, WHOLE[:1], {})
    assert (hidden.warning, hidden.notes) == ("", ())


def test_a_column_to_which_nothing_leads_is_no_reason_for_a_warning(tmp_path: Path) -> None:
    found = link_columns(without_a_path(tmp_path / "run", why=None), WHOLE, {})
    assert (found.warning, found.notes) == ("", ())


def test_a_layer_that_is_not_followed_beside_connections_of_both_its_columns_is_in_the_notes(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    pairs = {
        pair: ConnectionMatrix(source=pair[0], target=pair[1], values=np.ones((5, 3)))
        for pair in (("relu", "other"), ("third", "fc"))
    }
    gaps = {("relu", "fc"): ("/sort is not followed: the operation sort has no rule.",)}
    write_connections(path / "snapshots" / "0", Connections(pairs=pairs, gaps=gaps))
    columns = [WHOLE[0], layer("other", [(0, 1, 2)]), layer("third", [(0, 1, 2, 3, 4)]), WHOLE[1]]
    found = link_columns(ClusterLinks(read_run(path)), columns, {})
    assert found.warning == ""
    assert [note.partition(":")[0] for note in found.notes] == ["Nothing is known of the connections from relu to fc"]


def test_a_run_without_connections_says_how_to_get_them(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    with pytest.raises(RunError, match="holds no connections") as caught:
        link_columns(ClusterLinks(run), [layer("relu", [(0, 1, 2, 3, 4)])], {})
    assert "cnnvis analyze" in caught.value.remedy


def test_columns_are_called_by_their_titles_and_know_their_clusters() -> None:
    first, second = columns_of(TWO_COLUMNS, {"relu": "First"})
    assert (first.title, second.title) == ("First", "fc")
    assert first.sizes == (2, 1, 2)
    assert first.named(np.array([2, 0, 1])) == ("c3", "c1", "c2")
