"""What a report leaves out, and why: there was no room for it, or it would have taken too long to find."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class Missing:
    """Counts of what is not in a report, by what it is."""

    without_room: dict[str, int] = field(default_factory=dict[str, int])
    too_many: dict[str, int] = field(default_factory=dict[str, int])

    def had_no_room(self, what: str, number: int = 1) -> None:
        """Note what did not fit; a report whose images are smaller may hold it."""
        self.without_room[what] = self.without_room.get(what, 0) + number

    def were_too_many(self, what: str, number: int) -> None:
        """Note what is not looked for in a report that is to be small; more room would not help."""
        if number > 0:
            self.too_many[what] = self.too_many.get(what, 0) + number

    def sentences(self, totals: Mapping[str, int]) -> list[str]:
        """Return all of it in words; ``totals`` tells how many there are of some."""
        counts = self.without_room | {
            what: number + self.without_room.get(what, 0) for what, number in self.too_many.items()
        }
        return [
            f"This report leaves out {number:,}{f' of {totals[what]:,}' if what in totals else ''} {what}."
            for what, number in counts.items()
        ]
