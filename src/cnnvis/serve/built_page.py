"""The built page as one text, which needs nothing beside it: for a report, and for a notebook's cell."""

import base64
import re
from pathlib import Path

from cnnvis.schema.errors import CnnvisError

PAGE = Path(__file__).parent / "page"
"""Folder of the built page."""
INDEX = "index.html"
WIDGET = "widget.js"
"""What a notebook loads to show the page in a cell."""
PLACE = '<div id="app"></div>'
"""Where the page is put together."""
_SCRIPT = re.compile(r'<script type="module"[^>]* src="\./(assets/[^"]+\.js)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet"[^>]* href="\./(assets/[^"]+\.css)">')
_ICON = re.compile(r'<link rel="icon" href="\./([^"]+)"([^>]*)>')
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
"""The one file may load nothing: not from the network, not from the disk."""


def read_page(page: Path = PAGE) -> str:
    """Return the page as it was built; its scripts and styles stand beside it.

    Raises:
        CnnvisError: The page is not built.

    """
    index = page / INDEX
    html = _text(index) if index.is_file() else ""
    if len(_SCRIPT.findall(html)) != 1 or PLACE not in html:
        raise CnnvisError("The page is not built.", "Run `make build` in the repository, or install the wheel.")
    return html


def page_in_one(page: Path = PAGE) -> str:
    """Return the page with everything in it, and a policy that lets it load nothing.

    Raises:
        CnnvisError: The page is not built.

    """
    html = read_page(page)
    html = _ICON.sub(lambda found: _icon(page / found[1], found[2]), html)
    html = _STYLE.sub(lambda found: f"<style>{_text(page / found[1])}</style>", html)
    # Scripts of a file are no modules of an origin: what stands in the page itself runs everywhere.
    html = _SCRIPT.sub(lambda found: f'<script type="module">{_script(page / found[1])}</script>', html)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}" />'
    return html.replace("<head>", f"<head>\n    {policy}", 1)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _script(path: Path) -> str:
    return _text(path).replace("</script", "<\\/script")


def _icon(path: Path, more: str) -> str:
    return f'<link rel="icon" href="data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode()}"{more}>'
