"""The page in a cell of a real JupyterLab: what is selected reaches Python and back, and nothing leaks either way."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Locator, Page, expect

from tests.browser.conftest import ServedRun, drawn
from tests.browser.jupyter import TOKEN, jupyter_lab, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
pytest.importorskip("jupyterlab", reason="it comes with `make test-browser`")
pytest.importorskip("anywidget", reason="it comes with `make test-browser`")

FRAME = "iframe[title^=cnnvis]"


@pytest.fixture(scope="module")
def lab(served_run: ServedRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lab")
    show = f"import cnnvis\nw = cnnvis.view({str(served_run.path)!r})\nw"
    layer = served_run.scene.groups[1].layer
    cluster = served_run.layers[layer].clusters[1].id
    cells = [show, "print(w.selection)", f"w.select({layer!r}, cluster={cluster!r})\nprint(w.selection.neurons)"]
    write_notebook(folder / "selecting.ipynb", cells)
    write_notebook(folder / "two.ipynb", [show, show])
    write_notebook(folder / "restarted.ipynb", [show])
    write_notebook(folder / "dark.ipynb", [show])
    write_notebook(folder / "wheel.ipynb", [show, "", "", "", "", "", ""])
    write_notebook(folder / "wrong.ipynb", ["import cnnvis\ncnnvis.view('runs/none')"])
    with jupyter_lab(folder, dark=True) as address:
        yield address


class Notebook:
    """A notebook that is open in the browser, with what the page in its cells complained about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        # JupyterLab would open again what the tests before had open.
        page.goto(f"{address}?token={TOKEN}&reset")
        page.locator("#jp-main-statusbar").get_by_text("Idle").first.wait_for(timeout=60_000)

    def _console(self, message: ConsoleMessage) -> None:
        # JupyterLab has complaints of its own, from its own addresses.
        if message.type == "error" and message.location["url"].startswith("about:srcdoc"):
            self.problems.append(message.text)

    def run(self, cell: int) -> None:
        """Run a cell, and wait until it has ended."""
        editor = self.cell(cell).locator(".cm-content")
        editor.click()
        while editor.evaluate("editor => editor !== document.activeElement"):
            # Where the notebook has scrolled just now, Chromium may still give the click to the frame that was there.
            self.page.wait_for_timeout(200)
            editor.click()
        self.page.keyboard.press("Control+Enter")
        expect(self.cell(cell).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]"))

    def cell(self, cell: int) -> Locator:
        return self.page.locator(".jp-Notebook-cell").nth(cell)

    def picture(self, cell: int = 0) -> FrameLocator:
        """The page in a cell's output, once it shows clusters."""
        frame = self.cell(cell).frame_locator(FRAME)
        drawn(frame)
        return frame

    def said(self, cell: int) -> str:
        return self.cell(cell).locator(".jp-OutputArea-output").inner_text()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_what_is_selected_reaches_python_and_back(page: Page, lab: str, served_run: ServedRun) -> None:
    notebook = Notebook(page, f"{lab}selecting.ipynb")
    notebook.run(0)
    picture = notebook.picture()
    layer = served_run.scene.groups[0].layer
    cluster = served_run.layers[layer].clusters[0]
    picture.locator(f"button.card[data-layer='{layer}'][data-card='{cluster.id}'] .head").click()
    details = picture.get_by_role("complementary", name="Details")
    expect(details).to_contain_text(cluster.title)
    # Keys are the page's own: in the notebook these would delete the cell.
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page.locator(".jp-Notebook-cell")).to_have_count(3)
    notebook.run(1)
    assert f"layer={layer!r}, cluster={cluster.id!r}" in notebook.said(1)
    assert repr(tuple(f"{layer}:{neuron}" for neuron in cluster.neurons)) in notebook.said(1)
    notebook.run(2)
    layer = served_run.scene.groups[1].layer
    other = served_run.layers[layer].clusters[1]
    assert notebook.said(2).strip() == repr(tuple(f"{layer}:{neuron}" for neuron in other.neurons))
    expect(details).to_contain_text(other.title)
    # Images come through the kernel too.
    photo = picture.locator("figure img").first
    expect(photo).to_have_js_property("naturalWidth", 16)
    assert notebook.problems == []


def test_two_cells_show_one_run_and_one_edit(page: Page, lab: str) -> None:
    notebook = Notebook(page, f"{lab}two.ipynb")
    notebook.run(0)
    notebook.run(1)
    first, second = notebook.picture(0), notebook.picture(1)
    expect(second.get_by_role("button", name="Undo")).to_be_disabled()
    first.locator("button.card .head").first.click()
    first.get_by_role("button", name="Lock").click()
    expect(second.get_by_role("button", name="Undo")).to_be_enabled()
    second.get_by_role("button", name="Undo").click()
    expect(first.get_by_role("button", name="Undo")).to_be_disabled()
    assert notebook.problems == []


def test_it_is_dark_where_the_notebook_is_and_can_be_made_higher(page: Page, lab: str) -> None:
    notebook = Notebook(page, f"{lab}dark.ipynb")
    notebook.run(0)
    expect(notebook.picture().locator("html")).to_have_attribute("data-theme", "dark")
    frame = notebook.cell(0).locator(FRAME)
    box = frame.locator("..")
    box.evaluate("box => { box.style.height = '400px'; }")
    expect(box).to_have_css("height", "400px")
    # The page has no origin: it can reach nothing of the notebook.
    assert frame.get_attribute("sandbox") == "allow-scripts allow-downloads"


def test_the_wheel_is_the_notebooks_until_the_picture_is_clicked(page: Page, lab: str) -> None:
    notebook = Notebook(page, f"{lab}wheel.ipynb")
    notebook.run(0)
    picture = notebook.picture()
    zoom = picture.get_by_role("group", name="Zoom")
    expect(zoom).to_be_visible()
    before, place = zoom.inner_text(), notebook.cell(0).bounding_box()
    picture.locator(".view").hover()
    page.mouse.wheel(0, 120)
    page.wait_for_function(
        "top => document.querySelector('.jp-Notebook-cell').getBoundingClientRect().top < top - 20",
        arg=place["y"] if place else 0,
    )
    assert zoom.inner_text() == before
    picture.locator("button.card .head").first.click()
    page.mouse.wheel(0, -240)
    expect(zoom).not_to_have_text(before)


def test_a_kernel_that_was_restarted_is_told_of(page: Page, lab: str) -> None:
    notebook = Notebook(page, f"{lab}restarted.ipynb")
    notebook.run(0)
    notebook.picture()
    page.get_by_role("menuitem", name="Kernel").click()
    page.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(notebook.cell(0).get_by_role("status")).to_contain_text("run this cell again")
    notebook.run(0)
    notebook.picture()


def test_a_run_that_is_not_there_is_an_error_of_the_cell(page: Page, lab: str) -> None:
    notebook = Notebook(page, f"{lab}wrong.ipynb")
    notebook.run(0)
    expect(notebook.cell(0).locator(".jp-OutputArea")).to_contain_text("There is nothing at runs/none.")
