"""What the benchmark of opening a run measures."""

import socket
from pathlib import Path

import opening
import pytest
import torch
from playwright.sync_api import sync_playwright
from torch import nn

from cnnvis.observe.trace import require_complete, trace
from cnnvis.serve import demo_run

LATE = """<div class="card"><canvas></canvas></div><div class="skeleton"></div>
<script>setTimeout(() => document.querySelector(".skeleton").remove(), 400)</script>"""
"""A page whose last column comes late."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_the_network_has_the_neurons_and_layers_of_resnet_20() -> None:
    graph = require_complete(trace(opening.network(), torch.rand(1, 3, 32, 32)))
    hidden = [unit.neurons for unit in graph.units if unit.activation]
    assert (len(hidden), sum(hidden)) == (19, 688)
    strides = [layer.stride for layer in opening.network().modules() if isinstance(layer, nn.Conv2d)]
    assert strides.count((2, 2)) == 2


def test_the_server_ends_with_a_measurement_that_fails() -> None:
    port = free_port()
    with pytest.raises(TimeoutError), opening.served(demo_run(), port) as seconds:
        assert seconds > 0
        assert opening.answers(port)
        raise TimeoutError
    assert not opening.answers(port)


@pytest.mark.browser
def test_the_first_picture_is_there_when_every_column_is(chromium: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(LATE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        seconds = opening.first_picture(browser.new_page(), (tmp_path / "page.html").as_uri())
        browser.close()
    assert seconds >= 0.4
