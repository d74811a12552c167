"""Keep the pixels of images that cannot be read again, as long as they are among the best (design: collect)."""

from collections.abc import Callable, Iterable

import numpy as np
from jaxtyping import Int

from cnnvis.observe.inputs.source import ImageSource, Picture
from cnnvis.schema.errors import DataError

BYTES = 2 << 30
"""Above this only winners of representative units are kept."""


class Pictures:
    """The pictures of a stream's winning images; for data that can be read again it keeps nothing."""

    def __init__(self, source: ImageSource, limit: int = BYTES) -> None:
        self.source = source
        self.limit = limit
        self.kept: dict[int, Picture] = {}
        self.only_representatives = False
        self._bytes = 0
        self._pruned_at = 0

    def add(self, samples: Iterable[int]) -> None:
        """Keep the pictures of these images, whose batch is the latest."""
        for sample in samples:
            if sample not in self.kept:
                picture = self.kept[sample] = self.source.picture(sample)
                self._bytes += picture.pixels.nbytes

    @property
    def crowded(self) -> bool:
        """Whether losers should be dropped: at twice the bytes of the last time, so that the price is spread."""
        return self._bytes > max(2 * self._pruned_at, 1 << 24)

    def drop_all_but(self, all_winners: Callable[[bool], Int[np.ndarray, " images"]]) -> None:
        """Drop losers; ``all_winners(True)`` gives the winners of representative units only."""
        self._keep(all_winners(self.only_representatives))
        if self._bytes > self.limit and not self.only_representatives:
            self.only_representatives = True
            self._keep(all_winners(True))
        self._pruned_at = self._bytes

    def picture(self, sample: int) -> Picture:
        """Return a kept picture, or read it again.

        Raises:
            DataError: When the data cannot be read again and this picture was not kept.

        """
        if self.source.rereadable:
            return self.source.picture(sample)
        if sample not in self.kept:
            raise DataError(
                f"The picture of image {sample} of {self.source.name} was not kept.",
                "Use data that can be read by index, or fewer neurons.",
            )
        return self.kept[sample]

    def _keep(self, winners: Int[np.ndarray, " images"]) -> None:
        wanted = set(winners.tolist())
        self.kept = {sample: picture for sample, picture in self.kept.items() if sample in wanted}
        self._bytes = sum(picture.pixels.nbytes for picture in self.kept.values())
