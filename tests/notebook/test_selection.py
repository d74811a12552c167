"""What an address of the page selects."""

from cnnvis.compose.studio import Studio
from cnnvis.notebook.page_address import PageAddress
from cnnvis.notebook.selection import Selection, selection_of
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run

STUDIO = Studio(read_run(demo_run()))
LAYER = STUDIO.scene.groups[1].layer
OUTPUT = STUDIO.scene.groups[-1].layer


def selected(query: str) -> Selection:
    address = PageAddress.read(f"#/run/demo?{query}", "demo")
    place = address.get("layer")
    return selection_of(address, STUDIO, None if place is None else STUDIO.layer(place))


def test_a_selected_class_is_named() -> None:
    """It came back as a neuron of the last layer only."""
    found = selected(f"layer={OUTPUT}&neuron=7")
    assert (found.classes, found.neurons) == ((STUDIO.scene.classes[7].name,), (f"{OUTPUT}:7",))


def test_it_stands_among_those_picked_in_a_matrix_once() -> None:
    assert selected(f"layer={OUTPUT}&neuron=7&marked=2,7-8").classes == ("2", "7", "8")


def test_a_neuron_of_another_layer_is_no_class() -> None:
    found = selected(f"layer={LAYER}&neuron=3")
    assert (found.classes, found.neurons) == ((), (f"{LAYER}:3",))


def test_what_is_looked_at_is_in_it_too() -> None:
    cluster = STUDIO.layer(LAYER).clusters[0]
    found = selected(f"layer={LAYER}&cluster={cluster.id}&images=&wrong=&pair=5-other-9")
    assert (found.cluster, found.title) == (cluster.id, cluster.title)
    assert found.images
    assert found.compared == ("5", "9")


def test_an_address_without_anything_selects_nothing() -> None:
    assert selected("facet=activations") == Selection()
    assert selected(f"layer={LAYER}&neuron=٣").neurons == ()
