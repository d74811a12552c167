"""What axe-core finds on a page.

axe-core (MPL-2.0) is used here alone, as a tool: nothing of it goes into the page or the wheel.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.gallery import THEMES, WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
SETTLED = 700
"""Milliseconds after which nothing is on its way any more: half-faded words have too little contrast."""
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.help}): ${node.target.join(" ")} ${node.html.slice(0, 120)}`))"""


def require_axe() -> None:
    """Skip where axe-core is not there."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm ci in web/)")


def violations(page: Page) -> list[str]:
    """Return what axe-core finds in the whole page as it stands, one sentence per element."""
    page.wait_for_timeout(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


def violations_in_both(page: Page) -> dict[str, list[str]]:
    """Return what is found in each theme, by theme; nothing where it is as it should be."""
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        if problems := violations(page):
            found[theme] = problems
    return found
