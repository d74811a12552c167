"""From the contents of a report to files: the built page with everything in it, or beside it."""

import base64
import re
import shutil
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec

from cnnvis.schema.report import Pack, Report
from cnnvis.serve.built_page import INDEX, PLACE, WIDGET, page_in_one, read_page
from cnnvis.serve.report.contents import Contents
from cnnvis.serve.report.room import Packed
from cnnvis.store.files import write_bytes

DATA = "data"
"""Folder beside the page for what the report holds."""
ELEMENT = "cnnvis-report"
"""Id of the element of the page that holds the report."""
_DATA_FILE = re.compile(r"[0-9a-f]{24}\.[a-z.]+")
_ENDINGS = {"application/json": "json.gz", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def write_file(contents: Contents, page: Path, to: Path) -> int:
    """Write a report as one file that needs nothing else; return its bytes.

    Args:
        contents: What it holds.
        page: Folder of the built page.
        to: The file.

    Raises:
        CnnvisError: The page is not built.
        RunError: The file cannot be written.

    """
    report = _report(contents, lambda packed: {"data": base64.b64encode(packed.content).decode()})
    data = _with_report(page_in_one(page), report).encode()
    write_bytes(to, data)
    return len(data)


def write_folder(contents: Contents, page: Path, to: Path) -> int:
    """Write a report as a folder for any web server; return its bytes. What cannot be finished leaves no new folder.

    Args:
        contents: What it holds.
        page: Folder of the built page.
        to: The folder; an older report in it is replaced.

    Raises:
        CnnvisError: The page is not built.
        RunError: A file cannot be written.

    """
    report = _report(contents, lambda packed: {"file": _name(packed)})
    files = dict(_page_files(page)) | {_name(packed): packed.content for packed in contents.packs}
    # Last: until then there is no page that would miss its files.
    files |= {INDEX: _with_report(read_page(page), report).encode()}
    fresh = not to.is_dir() or not any(to.iterdir())
    try:
        for path, data in files.items():
            write_bytes(to / path, data)
    except BaseException:
        if fresh:
            shutil.rmtree(to, ignore_errors=True)
        raise
    for path in (to / DATA).iterdir():
        if _DATA_FILE.fullmatch(path.name) and f"{DATA}/{path.name}" not in files:
            path.unlink()  # of the older report
    return sum(map(len, files.values()))


def _report(contents: Contents, place: Callable[[Packed], dict[str, str]]) -> Report:
    packs = tuple(
        Pack(addresses=packed.addresses, media_type=packed.media_type, **place(packed)) for packed in contents.packs
    )
    return Report(run=contents.run, packs=packs, left_out=contents.left_out)


def _with_report(html: str, report: Report) -> str:
    # A text in it that ends the element, such as a class of that name, must not do so.
    text = msgspec.json.encode(report).decode().replace("<", "\\u003c")
    element = f'<script type="application/json" id="{ELEMENT}">{text}</script>'
    return html.replace(PLACE, f"{element}\n    {PLACE}", 1)


def _page_files(page: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(page.rglob("*")):
        if path.is_file() and path.name not in (INDEX, WIDGET):
            yield path.relative_to(page).as_posix(), path.read_bytes()


def _name(packed: Packed) -> str:
    ending = _ENDINGS.get(packed.media_type, "bin")
    return f"{DATA}/{blake2b(packed.content, digest_size=12).hexdigest()}.{ending}"
