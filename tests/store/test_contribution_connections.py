"""Connections by contribution come back from disk as they were, and are added to a finished run."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.errors import RunError
from cnnvis.store.contribution_connections import (
    contribution_bytes,
    contribution_of_bytes,
    read_contribution_connections,
    write_contribution_connections,
)
from cnnvis.store.layout import CONTRIBUTION_CONNECTIONS_FILE
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


def connections(*, turned: bool = False) -> ContributionConnections:
    rng = np.random.default_rng(0)
    pairs = {
        (source, target): ContributionMatrix(
            source=source,
            target=target,
            clusters=((0, 2), (1,)),
            values=rng.standard_normal((4, 2)).astype(np.float32),
        )
        for source, target in (("b|c", "d"), ("a", "d"))
    }
    if turned:
        pairs = dict(reversed(pairs.items()))
    return ContributionConnections(pairs=pairs, images=17, notes=("A word.",))


def same(found: ContributionConnections, wanted: ContributionConnections) -> None:
    assert (found.images, found.notes, found.pairs.keys()) == (wanted.images, wanted.notes, wanted.pairs.keys())
    for pair, matrix in wanted.pairs.items():
        assert (found.pairs[pair].source, found.pairs[pair].target) == pair
        assert found.pairs[pair].clusters == matrix.clusters
        np.testing.assert_array_equal(found.pairs[pair].values, matrix.values)


def test_what_is_written_is_read_and_the_order_of_pairs_makes_no_difference(tmp_path: Path) -> None:
    write_contribution_connections(tmp_path, connections())
    same(read_contribution_connections(tmp_path), connections())
    first = (tmp_path / CONTRIBUTION_CONNECTIONS_FILE).read_bytes()
    write_contribution_connections(tmp_path, connections(turned=True))
    assert (tmp_path / CONTRIBUTION_CONNECTIONS_FILE).read_bytes() == first


def test_the_same_as_bytes() -> None:
    same(contribution_of_bytes(contribution_bytes(connections())), connections())
    assert contribution_bytes(connections(turned=True)) == contribution_bytes(connections())
    assert contribution_of_bytes(contribution_bytes(ContributionConnections())).pairs == {}
    for damaged in (b"", b"short", contribution_bytes(connections())[:-4]):
        with pytest.raises(RunError, match="damaged"):
            contribution_of_bytes(damaged)


def test_nothing_at_all(tmp_path: Path) -> None:
    write_contribution_connections(tmp_path, ContributionConnections())
    assert read_contribution_connections(tmp_path).pairs == {}


def test_a_finished_run_takes_them_and_has_none_before(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    assert run.contribution_connections is None
    run.add_contribution_connections(connections())
    again = read_run(tmp_path / "run").contribution_connections
    assert again is not None
    same(again, connections())


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    write_contribution_connections(tmp_path, connections())
    file = tmp_path / CONTRIBUTION_CONNECTIONS_FILE
    arrays = load_file(file)
    arrays["facts"] = np.frombuffer(b"{", np.uint8)
    save_file(arrays, file)
    with pytest.raises(RunError, match="is damaged"):
        read_contribution_connections(tmp_path)
    file.write_bytes(b"short")
    with pytest.raises(RunError):
        read_contribution_connections(tmp_path)
