"""A built page to put into reports, without Node.js."""

from pathlib import Path


def write_page(folder: Path) -> Path:
    """Write a page as small as can be: a document, a script, a sheet of styles and an icon."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(
        '<!doctype html><html><head>\n<link rel="icon" href="./icon.svg" type="image/svg+xml" />\n'
        '<script type="module" crossorigin src="./assets/i-1.js"></script>\n'
        '<link rel="stylesheet" crossorigin href="./assets/i-1.css">\n</head><body><div id="app"></div></body></html>'
    )
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "i-1.js").write_text('const text = "</script>\\d";')
    (folder / "assets" / "i-1.css").write_text("body { color: red }")
    return folder
