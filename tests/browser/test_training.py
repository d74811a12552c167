"""A recorded training on the page: its cause is found, its steps are gone through, and it is followed live."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnvis.schema.series import StepLine
from cnnvis.serve.report import export
from tests.browser.axe import require_axe, violations_in_both
from tests.browser.conftest import Watched, drawn
from tests.browser.digits import record_digits
from tests.browser.serving import serving
from tests.making import recorded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def failed(built_page: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with a training whose second layer is dead."""
    pytest.importorskip("torch", reason="recording needs PyTorch")
    path = tmp_path_factory.mktemp("runs") / "dead"
    record_digits(path)
    with serving([path]) as (address, _):
        yield address


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page that has made no complaint when it is closed."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), address)
    watched.page.goto(address)
    watched.page.get_by_role("slider", name="Training step").wait_for()
    yield watched.page
    context.close()
    assert watched.problems == []
    assert watched.elsewhere == []


def test_a_finding_names_its_cause_its_remedy_and_its_place(browser: Browser, failed: str) -> None:
    with opened(browser, failed) as page:
        page.get_by_role("region", name="Findings").get_by_role("button").first.click()
        finding = page.get_by_role("region", name="Finding", exact=True)
        for part in ("Why", "What to do", "Evidence"):
            expect(finding.get_by_role("heading", name=part)).to_be_visible()
        assert "finding=" in page.url
        expect(page.locator(".head .mark.error").first).to_be_visible()
        # Neurons count as dead after four measured steps in which they were silent: 1, 5, 10 and 15.
        expect(page.get_by_role("slider", name="Training step")).to_have_attribute("aria-valuenow", "15")
        expect(finding).to_contain_text("Shown is step 15, the first at which its evidence is there to see.")
        page.get_by_role("slider", name="Training step").press("End")
        finding.get_by_role("button", name="Go to step 15").click()
        expect(finding).to_contain_text("Shown is step 15")
        finding.get_by_role("button", name="Close the finding").click()
        expect(finding).to_have_count(0)


def test_a_recorded_run_can_be_read_by_everybody(browser: Browser, failed: str) -> None:
    require_axe()
    with opened(browser, failed) as page:
        drawn(page)
        assert violations_in_both(page) == {}
        page.get_by_role("region", name="Findings").get_by_role("button").first.click()
        page.get_by_role("region", name="Finding", exact=True).wait_for()
        assert violations_in_both(page) == {}


def test_the_layers_are_shown_over_the_steps_as_plots_and_as_numbers(browser: Browser, failed: str) -> None:
    with opened(browser, failed) as page:
        page.get_by_role("button", name="Layers", exact=True).click()
        layers = page.get_by_role("region", name="Layers over the steps")
        expect(layers.get_by_role("heading", name="dead neurons")).to_be_visible()
        layers.get_by_role("button", name="Numbers").click()
        expect(layers.locator("tbody tr")).to_have_count(3)
        expect(layers.locator("tbody tr").nth(1)).to_contain_text("100 %")


def test_a_loss_is_held_against_that_of_guessing(browser: Browser, failed: str) -> None:
    with opened(browser, failed) as page:
        loss = page.get_by_role("slider", name="loss over steps")
        expect(loss).to_have_attribute("aria-valuetext", re.compile(r"; guessing among 10 classes: 2\.30$"))


def test_going_through_the_steps_moves_the_picture(browser: Browser, failed: str) -> None:
    with opened(browser, failed) as page:
        slider = page.get_by_role("slider", name="Training step")
        expect(slider).to_have_attribute("aria-valuenow", "40")
        with page.expect_response(lambda answer: "step=20" in answer.url) as asked:
            page.get_by_role("button", name="Earlier snapshot").click()
        assert asked.value.ok
        expect(slider).to_have_attribute("aria-valuenow", "20")


def test_columns_are_coloured_by_a_quantity(browser: Browser, failed: str) -> None:
    with opened(browser, failed) as page:
        page.get_by_label("colour layers by").select_option(label="dead neurons")
        expect(page.locator(".head .value").nth(1)).to_contain_text("100 %")


@pytest.mark.usefixtures("built_page")
def test_layers_beyond_all_limits_are_named_where_no_rule_finds_a_cause(browser: Browser, tmp_path: Path) -> None:
    recording = recorded.begin(tmp_path / "odd")
    for step in range(1, 21):
        line = StepLine(step=step, time=step / 10, run={"loss": 1.0})
        if step % recorded.MEASURED == 0:
            line.lists["after/zero"] = [0.995, 0.0]
        recording.line(line)
    recorded.finish(recording, 20)
    with serving([tmp_path / "odd"]) as (address, _), opened(browser, address) as page:
        findings = page.get_by_role("region", name="Findings")
        expect(findings).to_contain_text("Nothing found")
        expect(findings).to_contain_text("zeros in relu")
        findings.get_by_role("button", name="See the layers").click()
        expect(page.get_by_role("region", name="Layers over the steps")).to_be_visible()


@pytest.mark.usefixtures("built_page")
def test_new_steps_appear_without_a_reload(browser: Browser, tmp_path: Path) -> None:
    recording = recorded.begin(tmp_path / "live")
    recorded.steps(recording, 1, 20)
    with serving([tmp_path / "live"]) as (address, _), opened(browser, address) as page:
        slider = page.get_by_role("slider", name="Training step")
        expect(slider).to_have_attribute("aria-valuemax", "20")
        recorded.steps(recording, 21, 30)
        recorded.snapshot(recording, 30)
        expect(slider).to_have_attribute("aria-valuemax", "30")
        page.get_by_role("button", name="newer data: step 30").click()
        expect(page.get_by_role("button", name="newer data: step 30")).to_have_count(0)
        recorded.finish(recording, 30)
        expect(page.locator("div.live")).to_contain_text("finished")


def test_a_report_shows_the_training_without_a_server(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="recording needs PyTorch")
    record_digits(tmp_path / "run")
    export(tmp_path / "run", tmp_path / "report.html", progress=False)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    context.set_default_timeout(15_000)
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((tmp_path / "report.html").as_uri())
    drawn(page)
    slider = page.get_by_role("slider", name="Training step")
    expect(slider).to_have_attribute("aria-valuenow", "40")
    page.get_by_role("region", name="Findings").get_by_role("button").first.click()
    expect(page.get_by_role("region", name="Finding", exact=True)).to_be_visible()
    page.get_by_role("button", name="Layers", exact=True).click()
    expect(page.get_by_role("region", name="Layers over the steps")).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    context.close()
    assert problems == []
