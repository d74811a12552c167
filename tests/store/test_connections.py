"""Connections come back from disk to half precision, whatever their size, with their notes."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from cnnvis.schema.connections import ConnectionMatrix, Connections
from cnnvis.schema.errors import RunError
from cnnvis.store.connections import ConnectionsReader, write_connections
from cnnvis.store.layout import CONNECTIONS_FILE
from cnnvis.store.reader import read_run
from cnnvis.store.writer import RunWriter
from tests import making
from tests.making.folder import write_run


def connections(factor: float = 1.0) -> Connections:
    rng = np.random.default_rng(0)
    pairs: dict[tuple[str, str], ConnectionMatrix] = {}
    for source, target, notes in (("b|c", "d", ("one.", "two.")), ("a", "d", ("two.",)), ("a", "b|c", ())):
        values = (rng.standard_normal((3, 4)) * factor).astype(np.float32)
        pairs[source, target] = ConnectionMatrix(source=source, target=target, values=values, notes=notes)
    return Connections(
        pairs=pairs, gaps={("d", "e"): ("s is not followed: odd.",)}, columns=("a", "b|c", "d", "e", "f")
    )


@pytest.mark.parametrize("factor", [1.0, 1e9, 1e-9])
def test_what_is_written_is_read(tmp_path: Path, factor: float) -> None:
    written = connections(factor)
    write_connections(tmp_path, written)
    reader = ConnectionsReader(tmp_path)
    assert reader.pairs == tuple(sorted(written.pairs))
    assert (reader.gaps, reader.columns) == (written.gaps, written.columns)
    assert reader.all().notes == ("Nothing is known of the connections from d to e: s is not followed: odd.",)
    for pair, matrix in reader.all().pairs.items():
        expected = written.pairs[pair]
        largest = float(np.abs(expected.values).max())
        np.testing.assert_allclose(matrix.values, expected.values, rtol=2**-11 * 1.01, atol=largest * 3e-8)
        assert (matrix.source, matrix.target, matrix.notes) == (*pair, expected.notes)


def test_a_matrix_takes_two_bytes_per_pair_of_neurons(tmp_path: Path) -> None:
    values = np.ones((200, 300), np.float32)
    matrix = ConnectionMatrix(source="a", target="b", values=values)
    write_connections(tmp_path, Connections(pairs={("a", "b"): matrix}))
    assert 120_000 < (tmp_path / CONNECTIONS_FILE).stat().st_size < 121_000


def test_a_shortcut_takes_six_bytes_per_entry(tmp_path: Path) -> None:
    values = np.diag(np.linspace(-2, 3, 300)).astype(np.float32)
    matrix = ConnectionMatrix(source="a", target="b", values=values)
    write_connections(tmp_path, Connections(pairs={("a", "b"): matrix}))
    assert (tmp_path / CONNECTIONS_FILE).stat().st_size < 300 * 6 + 1000
    np.testing.assert_allclose(ConnectionsReader(tmp_path).values("a", "b"), values, rtol=2**-11 * 1.01)


@pytest.mark.parametrize("entries", [0, 1, 66, 67, 200])
def test_matrices_with_few_entries_and_with_many_come_back_alike(tmp_path: Path, entries: int) -> None:
    values = np.zeros(200, np.float32)
    values[np.random.default_rng(entries).permutation(200)[:entries]] = 1.0
    matrix = ConnectionMatrix(source="a", target="b", values=values.reshape(20, 10))
    write_connections(tmp_path, Connections(pairs={("a", "b"): matrix}))
    np.testing.assert_array_equal(ConnectionsReader(tmp_path).values("a", "b"), values.reshape(20, 10))


def test_nothing_but_zeros_and_nothing_at_all(tmp_path: Path) -> None:
    zeros = ConnectionMatrix(source="a", target="b", values=np.zeros((2, 2)))
    write_connections(tmp_path, Connections(pairs={("a", "b"): zeros}))
    np.testing.assert_array_equal(ConnectionsReader(tmp_path).values("a", "b"), np.zeros((2, 2)))
    write_connections(tmp_path, Connections())
    assert ConnectionsReader(tmp_path).all().pairs == {}


def test_without_names_of_columns_they_are_those_that_have_a_matrix(tmp_path: Path) -> None:
    write_connections(tmp_path, Connections(pairs=connections().pairs))
    assert sorted(ConnectionsReader(tmp_path).columns) == ["a", "b|c", "d"]


def test_same_connections_same_bytes(tmp_path: Path) -> None:
    files: list[bytes] = []
    for order in (1, -1):
        found = connections()
        pairs = dict(list(found.pairs.items())[::order])
        write_connections(tmp_path, Connections(pairs=pairs, gaps=found.gaps))
        files.append((tmp_path / CONNECTIONS_FILE).read_bytes())
    assert files[0] == files[1]


def test_a_pair_without_connections_is_an_error(tmp_path: Path) -> None:
    write_connections(tmp_path, connections())
    with pytest.raises(RunError, match=r"The run has no connections from d to a\. No path leads"):
        ConnectionsReader(tmp_path).values("d", "a")


def test_damage_is_an_error(tmp_path: Path) -> None:
    write_connections(tmp_path, connections())
    file = tmp_path / CONNECTIONS_FILE
    arrays = load_file(file)
    arrays["facts"] = arrays["facts"][:-3]
    save_file(arrays, file)
    with pytest.raises(RunError, match=r"connections\.safetensors is damaged"):
        ConnectionsReader(tmp_path)
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(RunError, match="truncated or damaged"):
        ConnectionsReader(tmp_path)


def test_a_run_has_them_or_not(tmp_path: Path) -> None:
    assert read_run(write_run(tmp_path / "without")).connections is None
    writer = RunWriter(tmp_path / "with")
    writer.write_model(making.run_file("with"), making.graph())
    writer.write_pictures(making.pictures())
    writer.write_connections(connections())
    writer.write_snapshot(making.snapshot_facts(), making.statistics(0))
    found = read_run(writer.finish()).connections
    assert found is not None
    assert found.pair("b|c", "d").notes == ("one.", "two.")
