"""Map-style data sets."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, UnidentifiedImageError
from torch.utils.data import Dataset

from cnnvis.observe.inputs.dataset import DatasetSource, Loading
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.schema.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (9, 6, 5, 3), dtype=np.uint8)


class Pictures(Dataset[object]):
    """PIL images with labels; some samples may be broken."""

    def __init__(self, broken: tuple[int, ...] = (), mirrored: bool = False) -> None:
        self.broken = broken
        self.mirrored = mirrored

    def __len__(self) -> int:
        return len(PIXELS)

    def __getitem__(self, index: int) -> object:
        if index in self.broken:
            message = f"cannot identify image file {index}"
            raise UnidentifiedImageError(message)
        flip = self.mirrored and bool(torch.rand(()) < 0.5)
        return Image.fromarray(PIXELS[index][:, ::-1] if flip else PIXELS[index]), index % 4


class Normalised(Pictures):
    """Tensors through a torchvision-style Normalize."""

    transform = SimpleNamespace(transforms=[SimpleNamespace(mean=(0.5, 0.4, 0.3), std=(0.2, 0.2, 0.1))])

    def __getitem__(self, index: int) -> object:
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.5, 0.4, 0.3), (0.2, 0.2, 0.1)))
        return {"image": (torch.from_numpy(PIXELS[index]).permute(2, 0, 1) / 255 - mean) / std, "label": 1}


def source(data: object, **options: object) -> DatasetSource:
    loading = Loading(**{name: options.pop(name) for name in ("workers", "collate", "image") if name in options})
    chosen = {"name": "pictures", "preprocess": Preprocess(), "batch_size": 4, "loading": loading, **options}
    return DatasetSource(data, **chosen)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("workers", [0, 1])
def test_samples_come_in_order(workers: int) -> None:
    opened = source(Pictures(), workers=workers)
    batches = list(opened.batches())
    assert torch.equal(torch.cat([b.inputs.image for b in batches]), torch.from_numpy(PIXELS).permute(0, 3, 1, 2) / 255)
    assert np.concatenate([b.labels for b in batches]).tolist() == [i % 4 for i in range(9)]
    assert np.concatenate([b.samples for b in batches]).tolist() == list(range(9))
    assert np.array_equal(opened.picture(8).pixels, PIXELS[8])
    assert (opened.total, opened.warnings, opened.skipped) == (9, [], [])
    assert next(opened.batches(2)).samples.tolist() == [8]


def test_normalised_tensors_are_shown_as_the_original_pixels() -> None:
    opened = source(Normalised())
    assert np.array_equal(opened.picture(3).pixels, PIXELS[3])
    assert float(next(opened.batches()).inputs.image.min()) < -1
    assert "pictures undo mean 0.5, 0.4, 0.3" in opened.preprocessing


def test_broken_samples_are_left_out_counted_and_listed_once() -> None:
    opened = source(Pictures(broken=(1, 4, 5, 6, 7)))
    for _ in range(2):
        assert [b.samples.tolist() for b in opened.batches()] == [[0, 2, 3], [8]]
    assert opened.skipped[0] == "sample 1: cannot identify image file 1"
    assert len(opened.skipped) == 5
    assert [b.samples.tolist() for b in opened.batches(1)] == [[8]]
    with pytest.raises(DataError, match=r"Sample 1 of pictures could be read before and cannot now"):
        opened.picture(1)


def test_nothing_readable_is_an_error() -> None:
    with pytest.raises(DataError, match=r"None of the 9 images of pictures can be read"):
        list(source(Pictures(broken=tuple(range(9)))).batches())


def test_a_sample_that_fails_in_the_users_code_is_left_out_like_a_broken_file() -> None:
    class Odd(Pictures):
        def __getitem__(self, index: int) -> object:
            if index == 5:
                message = "could not broadcast\nand so on"
                raise ValueError(message)
            return PIXELS[index], index % 4

    opened = source(Odd())
    assert [b.samples.tolist() for b in opened.batches()] == [[0, 1, 2, 3], [4, 6, 7], [8]]
    assert opened.skipped == ["sample 5: ValueError: could not broadcast"]


def test_a_data_set_that_always_fails_is_an_error_long_before_its_end() -> None:
    class Broken(Pictures):
        tried = 0

        def __len__(self) -> int:
            return 1_000_000

        def __getitem__(self, index: int) -> object:
            Broken.tried += 1
            raise KeyError(index)

    with pytest.raises(
        DataError, match=r"None of the first 100 images of pictures .*sample 0: KeyError: 0.*data\[index\]"
    ):
        list(source(Broken()).batches())
    assert Broken.tried < 200


def test_data_sorted_by_class_are_read_in_turn() -> None:
    class Sorted(Pictures):
        targets = (0, 0, 0, 0, 1, 1, 1, 1, 1)

    opened = source(Sorted(), batch_size=3)
    assert [b.samples.tolist() for b in opened.batches()] == [[4, 0, 5], [1, 6, 2], [7, 3, 8]]
    assert [b.samples.tolist() for b in opened.select(np.array([7, 2]))] == [[7, 2]]


def test_random_transforms_are_noticed_without_moving_random_numbers() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    opened = source(Pictures(mirrored=True))
    assert torch.equal(torch.get_rng_state(), state)
    assert "random transform" in opened.warnings[0]
    assert len(opened.warnings) == 1


def test_only_chosen_samples_are_read() -> None:
    opened = source(Pictures(), indices=[1, 5, 8])
    assert [b.samples.tolist() for b in opened.batches()] == [[1, 5, 8]]
    assert opened.total == 3


def test_the_users_collate_makes_the_batch() -> None:
    def collate(items: list[object]) -> dict[str, object]:
        images = [torch.from_numpy(np.array(item[0])).permute(2, 0, 1).flip(0) for item in items]  # pyright: ignore[reportIndexIssue]
        return {"pixel_values": torch.stack(images), "labels": torch.tensor([item[1] for item in items])}  # pyright: ignore[reportIndexIssue]

    opened = source(Pictures(broken=(2,)), collate=collate)
    batches = list(opened.batches())
    assert batches[1].labels.tolist() == [0, 1, 2, 3]
    assert torch.equal(batches[1].inputs.image, torch.from_numpy(PIXELS[4:8].copy()).permute(0, 3, 1, 2).flip(1) / 255)
    assert np.array_equal(opened.picture(4).pixels, PIXELS[4][..., ::-1])


def test_a_collate_that_loses_samples_is_an_error() -> None:
    with pytest.raises(DataError, match=r"A batch of 1 samples gives 2 images"):
        source(Pictures(), collate=lambda _: torch.zeros(2, 3, 4, 4))


def test_images_alone_and_empty_data_sets() -> None:
    opened = source(list(PIXELS))
    assert next(opened.batches()).labels.tolist() == [-1] * 4
    with pytest.raises(DataError, match="The data set pictures is empty"):
        source([])


def test_strings_are_not_taken_for_broken_samples() -> None:
    with pytest.raises(DataError, match="gives a str as its image"):
        source(["a.png"])
