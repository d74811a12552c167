"""`cnnvis export` writes a report and says how large it is, and what is not in it."""

import gzip
import json
from base64 import b64decode
from pathlib import Path

import msgspec
import pytest

from cnnvis.cli.main import main
from cnnvis.schema.report import Report
from cnnvis.serve.report import contents
from tests.compose.test_tables import whole_run
from tests.making.page import write_page

START, END = '<script type="application/json" id="cnnvis-report">', "</script>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return write_page(tmp_path / "page")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path) -> Path:
    monkeypatch.setattr("cnnvis.serve.report.exporting.PAGE", page)
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return whole_run(tmp_path).path


def report_in(html: Path) -> Report:
    text = html.read_text(encoding="utf-8").partition(START)[2].partition(END)[0]
    return msgspec.json.decode(text, type=Report)


def addresses(report: Report) -> set[str]:
    return {address for pack in report.packs for address in pack.addresses}


def test_one_file_holds_the_run_and_says_nothing_more(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(run), "report.html", "--no-progress"]) == 0
    said = capsys.readouterr()
    size = Path("report.html").stat().st_size
    assert (said.out, said.err) == (f"Wrote report.html ({size / 1e6:.1f} MB).\n", "")
    report = report_in(Path("report.html"))
    assert report.left_out == ()
    pack = next(pack for pack in report.packs if "runs/run/scene" in pack.addresses)
    scene = json.loads(gzip.decompress(b64decode(pack.data)))[pack.addresses.index("runs/run/scene")]
    assert [group["layer"] for group in scene["groups"]] == ["relu", "fc"]


def test_what_is_left_out_is_said_and_full_has_it(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contents, "MANY_PATHS", 1)
    assert main(["export", str(run), "small.html", "--no-progress"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert "This report leaves out 8 strongest ways back." in said[0]
    assert "Give --full" in said[-1]
    assert main(["export", str(run), "full.html", "--full", "--no-progress"]) == 0
    assert capsys.readouterr().err == ""
    small, full = (report_in(Path(name)) for name in ("small.html", "full.html"))
    gone = addresses(full) - addresses(small)
    assert gone
    assert {address.partition("?")[0] for address in gone} == {"runs/run/path"}
    assert (len(small.left_out), full.left_out) == (1, ())


def test_what_even_full_leaves_out_is_no_reason_to_ask_for_it(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contents, "MANY_CLASSES", 1)
    assert main(["export", str(run), "full.html", "--full", "--no-progress"]) == 0
    said = capsys.readouterr().err
    assert "6 comparisons of two classes" in said
    assert "--full" not in said


def test_a_folder_has_the_page_and_its_files(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(run), "site", "--folder", "--no-progress"]) == 0
    assert capsys.readouterr().out.startswith("Wrote site (")
    report = report_in(Path("site/index.html"))
    assert all(pack.data == "" and (Path("site") / pack.file).is_file() for pack in report.packs)
    assert "runs/run/scene" in addresses(report)
    assert main(["export", str(run), "site", "--folder", "--no-progress"]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["export", str(run), "site", "--folder", "--overwrite", "--no-progress"]) == 0
