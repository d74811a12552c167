"""What a person at a terminal reads: everything the command prints goes through here."""

import sys
from collections.abc import Sequence


class Console:
    """Writes results to standard output, and errors and remarks to standard error."""

    def line(self, text: str = "") -> None:
        """Write one line of a result."""
        sys.stdout.write(f"{text}\n")

    def remark(self, text: str) -> None:
        """Write one line beside the result, such as a warning."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def error(self, text: str) -> None:
        """Write why the command ends."""
        self.remark(f"error: {text}")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table whose columns are as wide as their longest entry."""
        lines = [head, *rows]
        widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
        for row in lines:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def flush(self) -> None:
        """Send what is still held back; BrokenPipeError when nobody reads any more."""
        sys.stdout.flush()
