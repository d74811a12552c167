"""What is looked at beside clusters comes back as data: the same images and clusters that the page shows."""

import msgspec
import pytest
from msgspec.structs import replace

from cnnvis.compose.contrast import contrast
from cnnvis.compose.image_set import image_set
from cnnvis.compose.studio import Studio
from cnnvis.notebook.looked_at import looked_at, shown_columns
from cnnvis.notebook.page_address import PageAddress
from cnnvis.schema.connection_scene import ConnectionScene
from cnnvis.schema.images import ImageChoice
from cnnvis.serve import demo_run
from cnnvis.store.reader import read_run

STUDIO = Studio(read_run(demo_run()))


def at(query: str) -> dict[str, object]:
    return dict(looked_at(PageAddress.read(f"#/run/demo?{query}", "demo"), STUDIO))


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ("images=", ImageChoice()),
        ("images=&wrong=", ImageChoice(wrong=True)),
        ("images=&of-class=5&answered=9", ImageChoice(label=5, answered=9)),
        ("images=&of-neuron=conv2.relu2%3A3", ImageChoice(neuron="conv2.relu2:3")),
    ],
)
def test_images_are_those_of_the_page(query: str, choice: ImageChoice) -> None:
    scene = image_set(STUDIO, choice)
    assert scene.members
    assert at(query) == {"images": tuple(each.sample for each in scene.members), "image_set": scene.title}


def test_images_chosen_by_hand_are_those_that_the_run_knows() -> None:
    known = sorted(each.sample for each in image_set(STUDIO, ImageChoice()).members)[:2]
    found = at(f"images={known[0]},{known[1]},9999999")
    assert found["image_set"] == "2 images chosen by hand"
    assert isinstance(found["images"], tuple)
    assert sorted(found["images"]) == known


def test_two_classes_and_a_mistake_are_compared_as_the_page_says() -> None:
    assert at("pair=5-other-9") == {"compared": ("5", "9")}
    assert at("pair=5-right-9") == {"compared": ("5 answered as 9", "5 answered right")}
    assert contrast(STUDIO, label=5, other=9, against="right").first.images > 0


@pytest.mark.parametrize("opened", [[], ["g2"], ["g2", "g3"]])
def test_every_connection_says_what_it_joins(opened: list[str]) -> None:
    columns = shown_columns(STUDIO.scene, set(opened))
    scene = msgspec.json.decode(STUDIO.links.scene_bytes(columns, "weights", share=0.9), type=ConnectionScene)
    assert list(scene.columns) == columns
    query = "".join(f"open={each}&" for each in opened) + "mode=weights&share=0.9&joins="
    gap = next(gap for gap in scene.gaps if gap.bundles and gap.curves)
    source, target = scene.columns[gap.source], scene.columns[gap.target]
    bundle, curve = gap.bundles[0], gap.curves[0]
    assert at(query + bundle.id.replace("+", "%2B")) == {
        "connection": bundle.id,
        "sources": tuple(f"{source}:{each}" for each in bundle.sources),
        "targets": tuple(f"{target}:{each}" for each in bundle.targets),
    }
    name = f"{gap.source}-{gap.target}{'+' if curve.sign > 0 else '-'}{curve.source}>{curve.target}"
    assert at(query + name.replace("+", "%2B").replace(">", "%3E")) == {
        "connection": name,
        "sources": (f"{source}:{curve.source}",),
        "targets": (f"{target}:{curve.target}",),
    }


def test_an_opened_group_shows_its_blocks_and_an_opened_block_its_layers() -> None:
    scene = STUDIO.scene
    assert shown_columns(scene, set()) == [group.layer for group in scene.groups]
    first, *rest = scene.groups
    inside = [block.layer for block in first.blocks]
    others = [group.layer for group in rest]
    assert shown_columns(scene, {first.id}) == [*inside, *others]
    block = replace(first.blocks[0], layers=("a", "b"), layer="b")
    wide = replace(first, blocks=(block, first.blocks[1]))
    assert shown_columns(replace(scene, groups=(wide, *rest)), {first.id, block.id}) == ["a", "b", inside[1], *others]
    assert shown_columns(replace(scene, groups=(wide, *rest)), {block.id}) == [first.layer, *others]
    # A group of one block has nothing between itself and its layers.
    alone = replace(first, blocks=(block,))
    assert shown_columns(replace(scene, groups=(alone, *rest)), {first.id}) == ["a", "b", *others]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "images=&given=1",
        "images=&group=g9",
        "images=&of-class=99",
        "images=&of-neuron=none",
        "pair=5-other-5",
        "pair=5-other-99",
        "pair=x",
        "joins=none",
        "joins=0-1%2Bc1%3Ec99&share=x&mode=y&open=z",
    ],
)
def test_what_the_run_does_not_have_is_nothing(query: str) -> None:
    assert at(query) == {}
