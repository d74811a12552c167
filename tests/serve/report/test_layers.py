"""Layers go into a report in the order in which the page comes to them."""

import msgspec

from cnnvis.schema.scene import LayerScene, Scene
from cnnvis.serve import demo_run
from cnnvis.serve.report.answers import Answers
from cnnvis.serve.report.layers import layers_in_order
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.services import Services
from cnnvis.serve.worker.process import Worker

SHELF = RunShelf([demo_run()])
ANSWERS = Answers(Services(SHELF, Worker(None), read_only=True))
RUN = f"runs/{SHELF.entries()[0].id}"
SCENE = msgspec.json.decode(ANSWERS.get(f"{RUN}/scene").data, type=Scene)


def test_columns_come_first_and_every_layer_once() -> None:
    layers = layers_in_order(SCENE)
    columns = [group.layer for group in SCENE.groups]
    assert [each.id for each in layers[: len(columns)]] == columns
    assert [each.column for each in layers] == [each.id in columns for each in layers]
    assert [each.id for each in layers if each.output] == [group.layer for group in SCENE.groups if group.output]
    assert sorted(each.id for each in layers) == sorted({one for group in SCENE.groups for one in group.layers})


def test_a_layer_has_members_once_it_is_in_the_report() -> None:
    layer = layers_in_order(SCENE)[0]
    assert layer.members == []
    layer.scene = msgspec.json.decode(ANSWERS.get(f"{RUN}/layer?id={layer.id}").data, type=LayerScene)
    facts = next(each for each in SCENE.layers if each.id == layer.id)
    assert sorted(layer.members) == list(range(facts.neurons))
