"""Reports as files: nothing is loaded from elsewhere, names cannot break out of the page, bytes are always the same."""

import base64
import re
from pathlib import Path

import msgspec
import pytest

from cnnvis.schema.errors import CnnvisError
from cnnvis.schema.report import Report
from cnnvis.schema.scene import RunEntry
from cnnvis.serve.report.contents import Contents
from cnnvis.serve.report.room import Packed, pack_json
from cnnvis.serve.report.write import write_file, write_folder
from tests.making.page import write_page

NASTY = "</script><script>alert(1)</script>"
CONTENTS = Contents(
    run=RunEntry(id="a", name=NASTY, detail=""),
    packs=(pack_json({f"runs/a/layer?id={NASTY}": b"{}"}), Packed(("runs/a/image?sample=0",), "image/png", b"png")),
    left_out=("This report leaves out 1 of 2 layers.",),
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return write_page(tmp_path / "page")


def report_of(html: str) -> Report:
    found = re.search(r'<script type="application/json" id="cnnvis-report">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return msgspec.json.decode(found[1], type=Report)


def test_one_file_holds_everything_and_loads_nothing(page: Path, tmp_path: Path) -> None:
    size = write_file(CONTENTS, page, tmp_path / "r.html")
    data = (tmp_path / "r.html").read_bytes()
    html = data.decode()
    assert size == len(data)
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []
    assert "default-src 'none'" in html
    assert html.count("</script>") == 2
    assert 'const text = "<\\/script>\\d";' in html
    report = report_of(html)
    assert report.run.name == NASTY
    assert report.left_out == CONTENTS.left_out
    assert [base64.b64decode(pack.data) for pack in report.packs] == [p.content for p in CONTENTS.packs]
    write_file(CONTENTS, page, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == data


def test_a_folder_has_the_data_beside_the_page(page: Path, tmp_path: Path) -> None:
    size = write_folder(CONTENTS, page, tmp_path / "site")
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert size == sum(path.stat().st_size for path in files)
    report = report_of((tmp_path / "site" / "index.html").read_text())
    for pack, wanted in zip(report.packs, CONTENTS.packs, strict=True):
        assert (tmp_path / "site" / pack.file).read_bytes() == wanted.content
    assert (tmp_path / "site" / "assets" / "i-1.js").read_text() == (page / "assets" / "i-1.js").read_text()


def test_without_a_page_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(CnnvisError, match="The page is not built"):
        write_file(CONTENTS, tmp_path, tmp_path / "r.html")
