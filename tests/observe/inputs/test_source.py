"""Every kind of source keeps the contract."""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnvis.observe.inputs.data import from_dataset, open_data
from cnnvis.observe.inputs.source import Batch, ImageSource, Picture

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)


def test_all_sources_are_image_sources(tmp_path: Path) -> None:
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.png")
    sources = [open_data(str(tmp_path)), from_dataset((PIXELS, None)), from_dataset(list(PIXELS))]
    for source in sources:
        assert isinstance(source, ImageSource)
        assert isinstance(next(iter(source.batches())), Batch)
        picture = source.picture(0)
        assert isinstance(picture, Picture)
        assert (picture.left, picture.top, picture.scale_x, picture.scale_y) == (0.0, 0.0, 1.0, 1.0)
