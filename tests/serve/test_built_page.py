"""The page in one text; that nothing is loaded by it is tested where reports are written."""

from pathlib import Path

import pytest

from cnnvis.schema.errors import CnnvisError
from cnnvis.serve.built_page import PLACE, page_in_one, read_page


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(CnnvisError, match=r"^The page is not built\. Run `make build`"):
        read_page(tmp_path)


def test_scripts_and_styles_stand_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    script = '<script type="module" crossorigin src="./assets/i.js"></script>'
    style = '<link rel="stylesheet" crossorigin href="./assets/i.css">'
    (tmp_path / "index.html").write_text(f"<head>{script}{style}</head>{PLACE}")
    (tmp_path / "assets" / "i.js").write_text("f('</script>')")
    (tmp_path / "assets" / "i.css").write_text("b {}")
    html = page_in_one(tmp_path)
    assert "<script type=\"module\">f('<\\/script>')</script>" in html
    assert "<style>b {}</style>" in html
    assert "Content-Security-Policy" in html
    assert read_page(tmp_path).count("./assets/") == 2
