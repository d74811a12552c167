"""The classes that a cluster answers to."""

import numpy as np

from cnnvis.analysis.describe.classes import answered, most_beyond


def test_strongest_class_first_and_others_from_seven_tenths_of_it() -> None:
    assert answered(np.array([0.1, 0.8, 1.0, 0.3])) == (2, 1)


def test_weak_preferences_are_none() -> None:
    assert answered(np.array([0.4, 0.1, -0.5, 0.0])) == ()


def test_threshold_can_be_chosen() -> None:
    assert answered(np.array([0.4, 0.1, -0.5, 0.0]), threshold=0.3) == (0,)


def test_at_most_three_ties_by_index() -> None:
    assert answered(np.ones(4)) == (0, 1, 2)


def test_classes_without_images_never_count() -> None:
    assert answered(np.array([np.nan, 1.0, np.nan, 0.0])) == (1,)
    assert answered(np.full(4, np.nan)) == ()
    assert answered(np.zeros(0)) == ()


def test_beyond_others_counts_the_difference() -> None:
    profile, others = np.array([0.9, 0.5, np.nan, 0.4]), np.array([1.0, 0.1, 0.0, 0.0])
    assert most_beyond(profile, others, 2) == (1, 3)
    assert most_beyond(profile, others, 9) == (1, 3, 0)
