"""The last things made are kept, the longest unused goes first."""

from cnnvis.compose.recent import Recent


def test_what_is_kept_is_not_made_again() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)
    for name in ("a", "b", "a", "c", "a", "b"):
        assert recent.get(name, lambda name=name: made.append(name) or name) == name
    assert made == ["a", "b", "c", "b"]
