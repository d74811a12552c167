"""Compiled networks train as compiled; snapshots and activations come from the network as it was written."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.optimizers import optimizers_in
from cnnvis.observe.record.shield import Shield
from tests.observe.record.helpers import built, data, fingerprint, hooks_on, recorded, recorder, sgd, train


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("in_place", [False, True])
def test_a_compiled_network(in_place: bool, tmp_path: Path) -> None:
    results: list[object] = []
    for recording in (False, True):
        torch.compiler.reset()
        graphs: list[int] = []

        def backend(graph: torch.fx.GraphModule, _inputs: object, seen: list[int] = graphs) -> object:
            seen.append(1)
            return graph.forward

        model = built()
        if in_place:
            model.compile(backend=backend)
            called = model
        else:
            called = torch.compile(model, backend=backend)
        optimizers = sgd(model)
        torch.manual_seed(7)
        if recording:
            with recorder(called, optimizers, tmp_path / str(in_place)) as rec:  # pyright: ignore[reportArgumentType]
                losses = train(called, optimizers, rec)  # pyright: ignore[reportArgumentType]
            assert rec._shield.problems == []
        else:
            losses = train(called, optimizers, None)  # pyright: ignore[reportArgumentType]
        assert hooks_on(model, optimizers) == 0
        results.append((losses, fingerprint(model), len(graphs)))
    assert results[0] == results[1]  # the same numbers, and nothing was compiled once more
    _, series = recorded(tmp_path / str(in_place))
    assert series.head.compiled
    assert series.head.source == "probe"
    assert len(series.lists["before/mean"].steps) == 8
    assert np.isfinite(series.lists["gradient/norm"].values).all()


def test_a_compiled_network_is_known_as_such() -> None:
    model = built()
    assert not Measurer(model, optimizers_in(sgd(model)), Shield()).blind
    assert Measurer(torch.compile(model), optimizers_in(sgd(model)), Shield()).blind  # pyright: ignore[reportArgumentType]


def test_what_is_shown_instead_is_the_probe(tmp_path: Path) -> None:
    model = built()
    measurer = Measurer(model, optimizers_in(sgd(model)), Shield())
    measurer.blind = True
    from cnnvis.observe.trace import trace

    images = data(6, seed=5)[0]
    measurer.know(trace(model, images[:1]))
    _, seen = measurer.finish(images)
    model.eval()
    with torch.no_grad():
        expected = model.get_submodule("norm1")(model.get_submodule("conv1")(images)).mean()
    assert seen.before.share("total")[0] == pytest.approx(float(expected), abs=1e-6)
    assert tmp_path.is_dir()
