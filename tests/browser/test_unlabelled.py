"""Images without labels: classes are what the network predicts, and nothing is called right or wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cnnvis.store.reader import read_run
from tests.browser.conftest import Watched, drawn
from tests.browser.digits import analyze_digits
from tests.browser.serving import serving

pytestmark = pytest.mark.browser


def test_images_without_labels_have_classes_as_predicted(browser: Browser, built_page: None, tmp_path: Path) -> None:
    path = tmp_path / "unlabelled"
    analyze_digits(path, labelled=False)
    images = read_run(path).statistics.class_images
    with serving([path]) as (address, _):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        watched = Watched(context.new_page(), address)
        page = watched.page
        page.goto(address)
        drawn(page)
        expect(page.locator("header")).to_contain_text("no labels: classes as predicted")
        expect(page.locator("header")).not_to_contain_text("right")
        expect(page.get_by_role("button", name=f"zero: {images[0]} images", exact=True)).to_be_visible()
        page.get_by_role("button", name=re.compile("^zero:")).click()
        details = page.get_by_role("complementary", name="Details")
        expect(details.locator("h2")).to_have_text("zero")
        expect(details.get_by_text("Mean activation by class")).to_be_visible()
        expect(details.get_by_text("Contribution to each class")).to_be_visible()
        expect(details.get_by_text("mistake", exact=False)).to_have_count(0)
        context.close()
        assert watched.problems == []
        assert watched.elsewhere == []
