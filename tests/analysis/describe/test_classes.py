"""Titles by class."""

import numpy as np

from cnnvis.analysis.describe import describe_cluster

NAMES = ("bird", "cat", "dog", "ship")


def test_strongest_class_first_and_others_from_seven_tenths_of_it() -> None:
    words = describe_cluster(np.array([[0.1, 0.8, 1.0, 0.3], [0.1, 0.8, 1.0, 0.3]]), NAMES)
    assert (words.title, words.classes) == ("dog, cat", (2, 1))


def test_mean_over_the_members_counts() -> None:
    words = describe_cluster(np.array([[2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.2, 0.0]]), NAMES)
    assert words.title == "bird"


def test_weak_preferences_name_no_class() -> None:
    words = describe_cluster(np.array([[0.4, 0.1, -0.5, 0.0]]), NAMES)
    assert (words.title, words.classes) == ("", ())


def test_threshold_can_be_chosen() -> None:
    assert describe_cluster(np.array([[0.4, 0.1, -0.5, 0.0]]), NAMES, threshold=0.3).title == "bird"


def test_at_most_three_are_named_ties_by_index() -> None:
    assert describe_cluster(np.ones((2, 4)), NAMES).classes == (0, 1, 2)


def test_classes_without_images_are_never_named() -> None:
    words = describe_cluster(np.array([[np.nan, 1.0, np.nan, 0.0]]), NAMES)
    assert words.classes == (1,)
    assert describe_cluster(np.full((1, 4), np.nan), NAMES).classes == ()
    assert describe_cluster(np.zeros((1, 0)), ()).classes == ()
