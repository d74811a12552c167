"""What a report leaves out is counted by what it is, and said in sentences."""

from cnnvis.serve.report.missing import Missing


def test_both_reasons_are_said_together() -> None:
    missing = Missing()
    missing.had_no_room("images")
    missing.had_no_room("images", 1999)
    missing.had_no_room("ways", 3)
    missing.were_too_many("ways", 4)
    missing.were_too_many("sets", 5)
    assert missing.sentences({"images": 3000, "layers": 9}) == [
        "This report leaves out 2,000 of 3,000 images.",
        "This report leaves out 7 ways.",
        "This report leaves out 5 sets.",
    ]


def test_what_there_is_none_of_is_not_missing() -> None:
    missing = Missing()
    missing.were_too_many("sets", 0)
    assert missing.sentences({}) == []


def test_only_room_is_what_smaller_images_can_mend() -> None:
    missing = Missing()
    missing.were_too_many("sets", 5)
    assert missing.without_room == {}
