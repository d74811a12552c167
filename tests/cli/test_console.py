"""What is printed where."""

import pytest

from cnnvis.cli.console import Console


def test_results_and_remarks_go_to_their_streams(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.line("result")
    console.remark("beside")
    console.error("Wrong. Do right.")
    console.flush()
    out, err = capsys.readouterr()
    assert out == "result\n"
    assert err == "beside\nerror: Wrong. Do right.\n"


def test_columns_are_as_wide_as_their_longest_entry(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(("a", "long head"), [("wide entry", "1"), ("", "22")])
    assert capsys.readouterr().out == "a           long head\nwide entry  1\n            22\n"
