"""Image files: order, labels, orientation, and files that cannot be read."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnvis.observe.inputs.classes import ClassList
from cnnvis.observe.inputs.folders import FolderSource, list_folder, open_image, stack_equal
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.schema.errors import DataError

RNG = np.random.default_rng(0)


def save(path: Path, size: tuple[int, int] = (8, 6), mode: str = "RGB") -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (*size, 3) if mode == "RGB" else size
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


@pytest.fixture
def classes_folder(tmp_path: Path) -> Path:
    for name, count in (("cat", 3), ("ant", 2), ("dog", 4)):
        for index in range(count):
            save(tmp_path / "data" / name / f"{index}.png")
    return tmp_path / "data"


def test_one_folder_per_class(classes_folder: Path) -> None:
    files = list_folder(classes_folder)
    assert files.name == "data"
    assert files.class_names == ("ant", "cat", "dog")
    assert files.labels.tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert [path.parent.name for path in files.paths[:3]] == ["ant", "ant", "cat"]


def test_images_deeper_down_belong_to_their_class_and_other_files_do_not_count(classes_folder: Path) -> None:
    save(classes_folder / "ant" / "more" / "x.PNG")
    (classes_folder / "ant" / "notes.txt").write_text("no image")
    (classes_folder / "ant" / "._hidden.png").write_bytes(b"mac")
    (classes_folder / ".cache").mkdir()
    assert list_folder(classes_folder).labels.tolist().count(0) == 3


def test_an_empty_class_folder_is_named(classes_folder: Path) -> None:
    (classes_folder / "bee").mkdir()
    with pytest.raises(DataError, match=r"The class folder 'bee' in .* holds no images. Put images into it, or remove"):
        list_folder(classes_folder)


def test_known_classes_give_the_numbers(classes_folder: Path) -> None:
    by_name = ClassList(("dog", "bee", "cat", "ant"))
    assert sorted(set(list_folder(classes_folder, by_name).labels.tolist())) == [0, 2, 3]
    by_id = ClassList(("Hund", "Ameise", "Katze"), ("dog", "ant", "cat"))
    files = list_folder(classes_folder, by_id)
    assert files.labels.tolist() == [1, 1, 2, 2, 2, 0, 0, 0, 0]
    assert files.class_names == ("Hund", "Ameise", "Katze")
    by_place = ClassList(("A", "B", "C"))
    assert list_folder(classes_folder, by_place).labels.tolist()[:3] == [0, 0, 1]
    with pytest.raises(DataError, match=r"has 3 class folders, but 2 class names were given, and the folder 'cat'"):
        list_folder(classes_folder, ClassList(("ant", "bee")))


def test_parts_instead_of_classes_are_recognised(tmp_path: Path) -> None:
    save(tmp_path / "train" / "cat" / "a.png")
    save(tmp_path / "val" / "cat" / "a.png")
    with pytest.raises(DataError, match=r"holds the parts train, val, not classes. Give one part: --data .*val"):
        list_folder(tmp_path)


def test_numbered_folders_sort_as_text_and_say_so(tmp_path: Path) -> None:
    for name in ("0", "2", "10"):
        save(tmp_path / name / "a.png")
    files = list_folder(tmp_path)
    assert files.class_names == ("0", "10", "2")
    assert "sorted as text" in files.notes[0]


def test_flat_folders(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", "n00000002_x.png"):
        save(tmp_path / name)
    assert list_folder(tmp_path).labels.tolist() == [-1, -1, -1]
    (tmp_path / "labels.csv").write_text("name,label\na.png,dog\nb,cat\n")
    files = list_folder(tmp_path, None, tmp_path / "labels.csv")
    assert files.labels.tolist() == [1, 0, -1]
    assert files.class_names == ("cat", "dog")
    assert files.notes == ("1 of 3 images have no label in labels.csv.",)
    (tmp_path / "labels.csv").write_text("zzz.png,dog\n")
    with pytest.raises(DataError, match=r"None of the 3 images .* is named in labels.csv"):
        list_folder(tmp_path, None, tmp_path / "labels.csv")


def test_class_ids_at_the_beginning_of_file_names(tmp_path: Path) -> None:
    for name in ("n00000002_cock.png", "n00000001_tench.png"):
        save(tmp_path / name)
    classes = ClassList(("tench", "cock"), ("n00000001", "n00000002"))
    files = list_folder(tmp_path, classes)
    assert files.labels.tolist() == [0, 1]
    assert "class ids" in FolderSource(files, Preprocess()).preprocessing
    save(tmp_path / "other.png")
    assert list_folder(tmp_path, classes).labels.tolist() == [-1, -1, -1]


def test_a_folder_without_images(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no images"):
        list_folder(tmp_path)


@pytest.mark.parametrize("workers", [0, 2])
def test_pixels_arrive_unchanged_and_in_order(tmp_path: Path, workers: int) -> None:
    pixels = [save(tmp_path / f"{index}.png") for index in range(5)]
    source = FolderSource(list_folder(tmp_path), Preprocess(), batch_size=2, workers=workers)
    batches = list(source.batches())
    inputs = torch.cat([batch.inputs.image for batch in batches])
    assert torch.equal(inputs, torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255)
    assert np.concatenate([batch.samples for batch in batches]).tolist() == list(range(5))
    assert [np.array_equal(source.picture(index).pixels, pixels[index]) for index in range(5)] == [True] * 5
    assert torch.equal(next(source.batches(2)).inputs.image, batches[2].inputs.image)
    assert list(source.batches(3)) == []


def test_bgr_and_grey(tmp_path: Path) -> None:
    pixels = save(tmp_path / "a.png")
    bgr = next(FolderSource(list_folder(tmp_path), Preprocess(colour="bgr", scale="0-255")).batches()).inputs.image
    assert np.array_equal(bgr[0].numpy().transpose(1, 2, 0)[..., ::-1], pixels)
    grey = FolderSource(list_folder(tmp_path), Preprocess(colour="grey"))
    assert next(grey.batches()).inputs.image.shape == (1, 1, 8, 6)
    assert np.array_equal(grey.picture(0).pixels, pixels)


def test_grey_files_become_rgb_for_the_model_and_stay_grey_for_people(tmp_path: Path) -> None:
    pixels = save(tmp_path / "a.png", mode="L")
    source = FolderSource(list_folder(tmp_path), Preprocess())
    assert next(source.batches()).inputs.image.shape == (1, 3, 8, 6)
    assert np.array_equal(source.picture(0).pixels[..., 0], pixels)


@pytest.mark.parametrize("workers", [0, 2])
def test_unreadable_files_are_left_out_counted_and_listed_once(tmp_path: Path, workers: int) -> None:
    for index in range(7):
        save(tmp_path / "c" / f"{index}.png")
    (tmp_path / "c" / "1.png").write_bytes((tmp_path / "c" / "0.png").read_bytes()[:70])
    (tmp_path / "c" / "2.png").write_text("not an image")
    (tmp_path / "c" / "3.png").write_bytes(b"")
    source = FolderSource(list_folder(tmp_path), Preprocess(), batch_size=2, workers=workers)
    for _ in range(2):
        assert [batch.samples.tolist() for batch in source.batches()] == [[0], [4, 5], [6]]
    assert [reason.partition(":")[0] for reason in source.skipped] == ["c/1.png", "c/2.png", "c/3.png"]
    assert str(tmp_path) not in " ".join(source.skipped)
    assert [batch.samples.tolist() for batch in source.batches(1)] == [[4, 5], [6]]


def test_nothing_readable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no")
    source = FolderSource(list_folder(tmp_path), Preprocess())
    with pytest.raises(DataError, match=r"None of the 1 images of .* can be read \(a.png: "):
        list(source.batches())


def test_differing_sizes_name_both_and_the_option(tmp_path: Path) -> None:
    save(tmp_path / "a.png", (8, 6))
    save(tmp_path / "b.png", (5, 6))
    with pytest.raises(DataError, match=r"a.png is 8x6 and b.png is 5x6 \(height x width\). Give --resize"):
        next(FolderSource(list_folder(tmp_path), Preprocess()).batches())
    assert next(FolderSource(list_folder(tmp_path), Preprocess(resize=4, crop=4)).batches()).inputs.image.shape == (
        2,
        3,
        4,
        4,
    )


def test_limits_keep_every_class(classes_folder: Path) -> None:
    source = FolderSource(list_folder(classes_folder), Preprocess(), limit=5)
    assert source.total == 5
    assert next(source.batches()).labels.tolist() == [0, 0, 1, 2, 2]


def test_exif_orientation_is_honoured(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (10, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert open_image(tmp_path / "a.jpg").size == (4, 10)
    source = FolderSource(list_folder(tmp_path), Preprocess())
    assert next(source.batches()).inputs.image.shape == (1, 3, 10, 4)
    assert source.picture(0).pixels.shape == (10, 4, 3)


@pytest.mark.parametrize(
    ("mode", "expected"), [("1", "L"), ("LA", "L"), ("P", "RGB"), ("RGBA", "RGB"), ("CMYK", "RGB")]
)
def test_unusual_modes_are_read(tmp_path: Path, mode: str, expected: str) -> None:
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.new(mode, (3, 2)).save(path, **({"transparency": b"\x00"} if mode == "P" else {}))  # pyright: ignore[reportArgumentType]
    assert open_image(path).mode == expected


def test_sixteen_bit_images_keep_their_range(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 257 * 100, 65535]], dtype=np.uint16)).save(tmp_path / "a.png")
    assert np.asarray(open_image(tmp_path / "a.png")).tolist() == [[0, 100, 255]]


def test_a_users_function_reads_rgb_images(tmp_path: Path) -> None:
    save(tmp_path / "a.png", mode="L")
    source = FolderSource(
        list_folder(tmp_path), Preprocess(function=lambda image: torch.zeros(len(image.getbands()), 2, 2))
    )
    assert next(source.batches()).inputs.image.shape == (1, 3, 2, 2)
    assert source.picture(0).pixels.shape == (8, 6, 1)


def test_reading_threads_end_when_the_reader_stops(tmp_path: Path) -> None:
    for index in range(12):
        save(tmp_path / f"{index}.png")
    batches = FolderSource(list_folder(tmp_path), Preprocess(), batch_size=1, workers=2).batches()
    next(batches)
    batches.close()  # pyright: ignore[reportAttributeAccessIssue]
    for thread in threading.enumerate():
        if thread.name.startswith("cnnvis-read"):
            thread.join(5)
            assert not thread.is_alive()


def test_stacking_needs_equal_shapes() -> None:
    assert stack_equal([torch.zeros(1, 2, 2)] * 3, ["a", "b", "c"]).shape == (3, 1, 2, 2)
