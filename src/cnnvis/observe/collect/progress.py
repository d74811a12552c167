"""The progress bar: images per second and time left, on stderr."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from tqdm import tqdm


@contextmanager
def progress_bar(name: str, total: int | None, done: int, *, shown: bool) -> Generator["tqdm[NoReturn]"]:
    """Show how many of the images have been looked at; ``done`` were before, in an earlier part of the pass."""
    with tqdm(total=total, initial=done, desc=name, unit="img", disable=not shown, dynamic_ncols=True) as bar:
        yield bar
