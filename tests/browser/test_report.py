"""A report: the whole page in one file, opened from the disk with the network off; and as a folder on any server."""

import functools
import http.server
import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnvis.serve.report import export
from tests.browser.conftest import ServedRun, drawn

pytestmark = pytest.mark.browser


def opened(browser: Browser, address: str, problems: list[str], *, offline: bool) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=offline)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    drawn(page)
    return page


def walk(page: Page, served_run: ServedRun) -> None:
    """Do what a reader of a report does."""
    layers = served_run.layers.values()
    shown = [layer for layer in layers if layer.layer != served_run.scene.groups[-1].layer]
    expect(page.locator("button.card[aria-label*=neurons], button.card[aria-label*='1 neuron']")).to_have_count(
        sum(len(layer.clusters) for layer in shown)
    )
    page.get_by_role("button", name="Activations").click()
    expect(page.locator("button.card").first).to_have_attribute("aria-label", re.compile("by activations$"))
    page.get_by_role("button", name="Features").click()
    page.locator("button.card").first.click()
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("looked at here, not changed")
    expect(details).to_contain_text("Images that excite it most")  # the click was on a neuron
    photo = details.locator("image.photo").first
    expect(photo).to_be_visible()
    decoded = """async photo => {
        const image = new Image();
        image.src = photo.href.baseVal;
        await image.decode();
        return image.naturalWidth;
    }"""
    assert photo.evaluate(decoded) == 16
    details.get_by_role("button", name="Its probe images").click()
    images = details.get_by_role("region", name="Images", exact=True)
    expect(images.get_by_role("heading", level=2)).to_contain_text("Images that excite neuron")
    images.get_by_role("checkbox").first.check()
    images.get_by_role("button", name="Only the 1 ticked").click()
    expect(details.get_by_role("alert")).to_contain_text("of neurons, and saved ones, no others")
    page.locator(".class").first.click()
    details.get_by_role("button", name="Its probe images").click()
    expect(images.get_by_role("checkbox").first).to_be_visible()
    assert images.locator("img").first.evaluate("one => one.decode().then(() => true)")
    group = served_run.scene.groups[0]
    page.get_by_role("button", name=f"Show the layer graph of {group.title}").click()
    expect(page.get_by_role("region", name="Layer graph")).to_contain_text("conv2d 3 × 3")
    expect(page.get_by_role("group", name="Edits")).to_have_count(0)


def test_one_file_opens_from_the_disk_without_network(browser: Browser, served_run: ServedRun, tmp_path: Path) -> None:
    written = export(served_run.path, tmp_path / "report of digits.html", progress=False)
    assert written.left_out == ()
    assert written.size < 20_000_000
    problems: list[str] = []
    page = opened(browser, written.path.as_uri(), problems, offline=True)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    walk(page, served_run)
    page.context.close()
    assert problems == []
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == []


def test_a_folder_works_on_any_web_server(browser: Browser, served_run: ServedRun, tmp_path: Path) -> None:
    written = export(served_run.path, tmp_path / "site", folder=True, progress=False)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(written.path))
    handler.log_message = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    problems: list[str] = []
    page = opened(browser, f"http://127.0.0.1:{server.server_address[1]}/", problems, offline=False)
    walk(page, served_run)
    page.context.close()
    server.shutdown()
    server.server_close()
    assert problems == []
