"""What a bundle joins, said in words: the sign by its verb, titles by name, the share rounded honestly."""

import pytest

from cnnvis.compose.connection_words import bundle_words, stale_words


def test_excitation() -> None:
    words = bundle_words(["edges", "dots", "edges", "red"], ["wheels", "dog"], 1, 0.1449)
    subject, joined = "These 4 clusters (“edges”, “dots” and 1 more)", "these 2 (“wheels”, “dog”)"
    assert words == f"{subject} excite {joined}: 14 % of the excitation here."


def test_inhibition() -> None:
    words = bundle_words(["edges"], ["dog"], -1, 1.0)
    assert words == "This cluster (“edges”) inhibits this one (“dog”): 100 % of the inhibition here."


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.0049, "less than 1 %"), (0.006, "1 %"), (0.5, "50 %")])
def test_a_small_share_is_not_called_nothing(share: float, said: str) -> None:
    assert f": {said} of" in bundle_words(["a", "b"], ["c"], 1, share)


def test_clusters_of_one_title_are_counted_all() -> None:
    assert "(“a” and" not in bundle_words(["a", "a"], ["b"], 1, 0.5)
    assert "(“a”, “b” and 2 more)" in bundle_words(["a", "b", "c", "c"], ["d"], 1, 0.5)


def test_what_is_as_before_an_edit_is_named_by_column() -> None:
    assert stale_words([]) == ""
    cut = [("layer2", "cat"), ("layer2", "cat"), ("layer3", "dog"), ("layer3", "deer"), ("layer3", "frog")]
    said = "What reaches “cat” in layer2, “dog”, “deer” and 1 more in layer3 is as before your edits: "
    assert stale_words(cut).startswith(said)
