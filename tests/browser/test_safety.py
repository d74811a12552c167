"""In a real browser: the page needs nothing that its policy forbids, and other sites' pages get nothing."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnvis.serve import demo_run
from cnnvis.serve.guard import Guard
from tests.browser.conftest import PAGE, ServedRun, drawn, rest
from tests.browser.serving import serving
from tests.serve.test_app import HEADERS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not PAGE.is_file(), reason="the page is not built (make page)"),
]

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
TOKEN = "right-horse-battery"


def violations(page: Page) -> list[str]:
    return page.evaluate("() => window.violations")


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIS_DATA", str(tmp_path / "data"))


def test_no_part_of_the_page_needs_what_the_policy_forbids(browser: Browser, served_run: ServedRun) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    answer = page.goto(served_run.address)
    assert answer is not None
    assert {name: answer.header_value(name) for name in HEADERS} == HEADERS
    drawn(page)
    page.locator("button.card .title").first.click()
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Neuron").first.click()
    details.get_by_role("img").first.wait_for()
    page.get_by_role("button", name="Show the layer graph").first.click()
    page.get_by_role("region", name="Layer graph").wait_for()
    page.goto(served_run.address)
    for facet in ("activations", "contributions"):
        page.get_by_role("group", name="How clusters are drawn").get_by_role("button", name=facet).click()
        rest(page)
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="colours").first.click()
    rest(page)
    assert violations(page) == []
    page.evaluate("""() => { const made = document.createElement("p"); made.setAttribute("style", "color: red"); }""")
    page.wait_for_function("() => window.violations.length === 1")  # the listener listens
    page.close()


def test_below_a_path_that_a_proxy_leaves_in_place(browser: Browser) -> None:
    with serving([demo_run()], base_path="/user/ada/proxy/8750") as (address, _):
        page = browser.new_page()
        outside: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(address) else outside.append(request.url))
        page.goto(address)
        drawn(page)
        rest(page)
        assert outside == []
        page.goto(address.rstrip("/"))
        drawn(page)
        assert page.url.startswith(address)
        page.close()


def test_the_token_leaves_the_address_and_two_servers_do_not_mix_up_theirs(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    with (
        serving([demo_run()], guard=Guard("127.0.0.1", TOKEN)) as (one, _),
        serving([demo_run()], guard=Guard("127.0.0.1", TOKEN[::-1])) as (other, _),
    ):
        assert page.goto(one).status == 401  # pyright: ignore[reportOptionalMemberAccess]
        expect(page.get_by_role("heading")).to_have_text("The token is missing or wrong.")
        for address, token in ((one, TOKEN), (other, TOKEN[::-1])):
            page.goto(f"{address}?cnnvis-token={token}")
            drawn(page)
            assert "token" not in page.url
        page.goto(one)
        drawn(page)
        assert page.evaluate("() => document.cookie") == ""
    context.close()


def test_a_page_that_only_shows_offers_no_check(browser: Browser, served_run: ServedRun) -> None:
    with serving([served_run.path], read_only=True) as (address, _):
        page = browser.new_page()
        page.goto(address)
        drawn(page)
        page.get_by_role("button", name="trust them?").click()
        details = page.get_by_role("complementary", name="Details")
        expect(details).to_contain_text("This page only shows the run")
        expect(details.get_by_role("button", name=re.compile("^Check"))).to_have_count(0)
        page.close()


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """Serve a folder at another origin of this machine."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


ATTACK = """<!doctype html><title>evil</title>
<iframe name=frame src="{address}"></iframe>
<img src="{address}api/runs/demo_run/image?sample=0">
<form method=post enctype="text/plain" action="{address}api/runs/demo_run/edits" target=frame>
<input name='{{"revision":0,"edit":{{"type":"note","layer":"LAYER","text":"x"}},"a":"' value='"}}'></form>
"""
TRY = """async (address) => {
  const edit = JSON.stringify({ revision: 0, edit: { type: "note", layer: "LAYER", text: "x" } });
  const simple = { method: "POST", mode: "no-cors", credentials: "include", body: edit };
  const sent = await fetch(`${address}api/runs/demo_run/edits`, simple).then((a) => a.type, (e) => e.name);
  const read = await fetch(`${address}api/runs`).then(() => "read", () => "refused");
  const image = document.querySelector("img");
  await image.decode().catch(() => {});
  return { sent, read, image: image.naturalWidth };
}"""


def test_a_page_of_another_site_can_neither_look_nor_change(browser: Browser, tmp_path: Path) -> None:
    with serving([demo_run()]) as (address, shelf), other_site(tmp_path) as elsewhere:
        layer = shelf.studio("demo_run").columns()[0]
        (tmp_path / "index.html").write_text(ATTACK.format(address=address).replace("LAYER", layer))
        page = browser.new_page()
        page.goto(elsewhere)
        found = page.evaluate(TRY.replace("LAYER", layer), address)
        assert (found["read"], found["image"]) == ("refused", 0)
        page.evaluate("() => document.querySelector('form').submit()")
        page.wait_for_load_state("networkidle")
        framed = page.frame("frame")
        assert framed is not None
        assert framed.locator("button.card").count() == 0
        assert shelf.studio("demo_run").edits.revision() == 0
        page.close()


def test_a_name_that_leads_here_by_dns_gets_nothing(browser: Browser, chromium: str) -> None:
    """A browser in which a foreign name leads to this machine, as after DNS rebinding."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    misled = browser.browser_type.launch(executable_path=chromium, args=[rules])
    with serving([demo_run()]) as (address, _):
        page = misled.new_page()
        answer = page.goto(address.replace("127.0.0.1", "evil.example"))
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_role("heading")).to_contain_text("This server does not answer as 'evil.example")
    misled.close()
