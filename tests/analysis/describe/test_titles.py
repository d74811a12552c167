"""Titles: looks where neurons see little, classes elsewhere, and no two alike in a layer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.describe import Evidence, title_clusters
from cnnvis.analysis.describe.looks import Said

NAMES = ("bird", "cat", "dog", "ship")


def said(text: str, strength: float = 0.5, family: str = "colour") -> Said:
    return Said(text=text, family=family, strength=strength)  # pyright: ignore[reportArgumentType]


def evidence(*profile: float, **more: object) -> Evidence:
    return Evidence(profile=np.array(profile or (0.0, 0.0, 0.0, 0.0)), **more)  # pyright: ignore[reportArgumentType]


def titles(*clusters: Evidence, little: bool = False, names: tuple[str, ...] = NAMES) -> list[str]:
    return [one.text for one in title_clusters(clusters, names, sees_little=little, threshold=0.5)]


def test_neurons_that_see_much_are_titled_by_classes() -> None:
    cluster = evidence(0.1, 0.8, 1.0, 0.3, images=(said("bluish images"),))
    (title,) = title_clusters([cluster], NAMES, sees_little=False, threshold=0.5)
    assert (title.text, title.classes) == ("dog, cat", (2, 1))


def test_neurons_that_see_little_are_titled_by_looks_however_much_they_prefer_a_class() -> None:
    cluster = evidence(0.1, 0.8, 1.0, 0.3, patches=(said("horizontal edges", 0.4, "edges"),))
    (title,) = title_clusters([cluster], NAMES, sees_little=True, threshold=0.5)
    assert (title.text, title.classes) == ("horizontal edges", ())


def test_a_second_word_of_another_family_is_said_when_it_is_strong() -> None:
    edges, red = said("horizontal edges", 0.4, "edges"), said("red", 0.3)
    assert titles(evidence(patches=(edges, red)), little=True) == ["horizontal edges · red"]
    assert titles(evidence(patches=(edges, said("red", 0.2))), little=True) == ["horizontal edges"]
    level = said("level", 0.35, "edges")
    assert titles(evidence(patches=(edges, level)), little=True) == ["horizontal edges"]


def test_patches_come_before_images() -> None:
    cluster = evidence(patches=(said("red", 0.2),), images=(said("busy images", 0.6, "texture"),))
    assert titles(cluster, little=True) == ["red · busy images"]


def test_what_tells_nothing_apart_is_said_when_there_is_nothing_else() -> None:
    assert titles(evidence(plain="edges"), little=True) == ["edges"]
    both = (evidence(0.3, 0, 0, 0, plain="edges"), evidence(0, 0, 0.3, 0, plain="edges"))
    assert titles(*both, little=True) == ["leans to bird · edges", "leans to dog · edges"]


def test_without_a_clear_class_a_leaning_or_examples_are_told() -> None:
    assert titles(evidence(0.3, 0.1, -0.5, 0.0)) == ["leans to bird"]
    found = titles(evidence(0.1, 0.0, 0.0, 0.05), evidence(0.0, 0.1, 0.05, 0.0))
    assert found == ["many, e.g. bird, ship", "many, e.g. cat, dog"]
    long = ("American alligator", "West Highland white terrier", "dog", "ship")
    assert titles(evidence(0.1, 0.05, 0.0, 0.0), evidence(0, 0, 0.1, 0.1), names=long)[0] == (
        "many, e.g. American alligator"
    )


def test_clear_images_are_told_before_a_mere_leaning() -> None:
    assert titles(evidence(0.3, 0, 0, 0, images=(said("busy images", 0.5),))) == ["busy images"]
    assert titles(evidence(0.3, 0, 0, 0, images=(said("busy images", 0.3),))) == ["leans to bird"]


def test_without_labels_no_class_is_told() -> None:
    assert titles(evidence(1.0, 0, 0, 0), names=()) == ["mixed"]
    assert titles(evidence(1.0, 0, 0, 0, images=(said("busy images"),)), names=()) == ["busy images"]


def test_never_active_is_said_and_nothing_else() -> None:
    dead = evidence(never_active=True, patches=(said("red"),))
    assert titles(dead, dead, little=True) == ["never active", "never active"]


def test_long_class_names_do_not_all_fit() -> None:
    names = ("Appenzeller", "Siberian husky", "dog", "ship")
    (title,) = title_clusters([evidence(1.0, 0.95, 0.9, 0.0)], names, sees_little=False, threshold=0.5)
    assert (title.text, title.classes) == ("Appenzeller", (0,))


def test_equal_classes_are_told_apart_by_the_next_class() -> None:
    first, second = evidence(1.0, 0.4, 0.1, -0.2), evidence(1.0, 0.1, 0.4, -0.2)
    assert titles(first, second) == ["bird, cat", "bird, dog"]


def test_equal_classes_without_a_next_one_are_told_apart_by_looks_then_by_what_they_are_not() -> None:
    dark = evidence(1.0, -0.3, -0.3, -0.4, images=(said("dark images", 0.3, "light"),))
    other = evidence(1.0, -0.3, -0.8, -0.4)
    assert titles(dark, other) == ["bird · dark images", "bird · not dog"]


def test_words_that_two_clusters_share_are_made_finer() -> None:
    red = evidence(patches=(said("warm colours", 0.6), said("often red", 0.4)))
    yellow = evidence(patches=(said("warm colours", 0.6), said("often yellow", 0.4)))
    assert titles(red, yellow, little=True) == ["often red · warm colours", "often yellow · warm colours"]


def test_what_cannot_be_told_apart_is_numbered() -> None:
    assert titles(evidence(plain="edges"), evidence(plain="edges"), little=True, names=()) == ["edges", "edges 2"]


@pytest.mark.parametrize("little", [True, False])
@given(seed=st.integers(0, 3000), count=st.integers(1, 9))
def test_no_two_titles_are_equal(little: bool, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    vocabulary = [said(text, float(rng.random()), family) for text in ("red", "blue") for family in ("colour", "edges")]
    clusters = [
        Evidence(
            profile=np.round(rng.normal(size=4), int(rng.integers(0, 2))),
            patches=tuple(rng.permutation(np.array(vocabulary, dtype=object))[: rng.integers(0, 3)]),
            images=tuple(rng.permutation(np.array(vocabulary, dtype=object))[: rng.integers(0, 2)]),
            plain=str(rng.choice(["", "edges"])),
        )
        for _ in range(count)
    ]
    found = title_clusters(clusters, NAMES, sees_little=little, threshold=0.5)
    texts = [one.text for one in found]
    assert all(texts)
    assert len(set(texts)) == count
    assert found == title_clusters(clusters, NAMES, sees_little=little, threshold=0.5)
    for one in found:
        assert all(NAMES[index] in one.text for index in one.classes)
