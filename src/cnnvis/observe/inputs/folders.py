"""Image files in folders: one folder per class, or a flat folder with or without labels."""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import final

import numpy as np
import torch
from jaxtyping import Int, UInt8
from PIL import Image, ImageOps

from cnnvis.observe.inputs.classes import ClassList, read_labels, to_indices
from cnnvis.observe.inputs.example import Example, Item
from cnnvis.observe.inputs.measure import FunctionGeometry
from cnnvis.observe.inputs.order import portions, reading_order
from cnnvis.observe.inputs.preprocess import Preprocess
from cnnvis.observe.inputs.skipping import Skipping
from cnnvis.observe.inputs.source import Batch, Picture
from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.errors import DataError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"})
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises for files that are cut off, not images, or far too large."""
_AHEAD = 2
"""Batches read ahead by the threads: enough to keep the model busy, few enough to keep memory flat."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FileList:
    """Image files in their fixed order, with labels where known; sample id: index in this order."""

    name: str
    root: Path
    paths: tuple[Path, ...]
    labels: Int[np.ndarray, " images"]
    class_names: tuple[str, ...] | None = None
    labelling: str = ""
    """Where the labels come from, in words, when not from the folders."""
    notes: tuple[str, ...] = ()
    """What a person should know about the labels, in sentences."""


def list_folder(root: Path, classes: ClassList | None = None, labels: Path | None = None) -> FileList:
    """List the images of a folder and find their labels.

    Args:
        root: Folder of images, or of one folder of images per class.
        classes: Known class names; folders or files may be named by their ids or names.
        labels: File of `image name,label` lines; it counts in place of the class folders, where there are some.

    Raises:
        DataError: When there are no images, a class folder is empty, or the classes do not fit.

    """
    folders = sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    files = _images(root)
    if folders and not files:
        if labels is None:
            return _by_class(root, folders, classes)
        files = tuple(path for folder in folders for path in _deep_images(folder))
    if not files:
        message = f"The folder {str(root)!r} holds no images (known: {', '.join(sorted(SUFFIXES))})."
        raise DataError(message, "Give a folder of images, or of one folder of images per class.")
    if labels is not None:
        return _with_labels(root, files, labels=labels, classes=classes)
    if classes is not None and classes.ids:
        found = [classes.index(path.name.partition("_")[0]) for path in files]
        if all(index is not None for index in found):
            numbers = np.array(found, dtype=np.int64)
            return FileList(
                name=root.resolve().name,
                root=root,
                paths=files,
                labels=numbers,
                class_names=classes.names,
                labelling="labels from the class ids that begin the file names",
            )
    names = classes.names if classes else None
    return FileList(name=root.resolve().name, root=root, paths=files, labels=np.full(len(files), -1), class_names=names)


@final
class FolderSource:
    """Image files, decoded by Pillow; files that cannot be read are left out and listed in ``skipped``."""

    rereadable = True

    def __init__(
        self,
        files: FileList,
        preprocess: Preprocess,
        *,
        batch_size: int = 64,
        limit: int | None = None,
        workers: int = 0,
    ) -> None:
        """Take the files; with a limit that many, spread evenly so that every class keeps its share.

        Args:
            files: What to read.
            preprocess: What is done to each image.
            batch_size: Files per batch; unreadable ones leave their batch smaller.
            limit: Number of files to use.
            workers: Threads that read ahead; 0 reads in line.

        """
        count = len(files.paths) if limit is None else min(limit, len(files.paths))
        chosen = np.arange(count, dtype=np.int64) * len(files.paths) // max(1, count)
        self._files = files
        self._preprocess = preprocess
        self._batch_size = batch_size
        self._workers = workers
        self._skipping = Skipping(repr(files.name), count, "Check that the files are images.")
        self._measured = FunctionGeometry(preprocess.function) if preprocess.function else None
        self.name = files.name
        self.total: int | None = count
        self._order = chosen[reading_order(files.labels[chosen])]
        self.samples: Int[np.ndarray, " images"] | None = self._order
        self.class_names = files.class_names
        self.skipped: list[str] = self._skipping.listed
        self.warnings: list[str] = list(files.notes)
        self.preprocessing = "; ".join(filter(None, (preprocess.describe(), files.labelling)))

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yield batches, class folders in turn, leaving out the first ``start`` that hold any readable file.

        Raises:
            DataError: When images differ in size after preprocessing, or none can be read at all.

        """
        parts = portions(self._order, self._batch_size)
        return self._skipping.batches(parts, start, is_readable=self._is_readable, read=self._batches)

    def select(self, samples: Int[np.ndarray, " images"]) -> Iterator[Batch]:
        """Yield the images of these sample ids, reading no others."""
        return self._batches(portions(samples, self._batch_size))

    def picture(self, sample: int) -> Picture:
        """Return the file's pixels, upright, and how the model's input lies in them.

        Raises:
            DataError: When it cannot be read any more.

        """
        try:
            image = open_image(self._files.paths[sample])
        except UNREADABLE as problem:
            message = f"The image {self._name_of(sample)} of {self.name!r} cannot be read any more ({_said(problem)})."
            raise DataError(message, "Check that the data is still in place.") from problem
        pixels = np.array(image if image.mode in ("L", "RGB") else image.convert("RGB"), dtype=np.uint8)
        pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
        if self._measured is not None:
            return self._measured.picture(pixels)
        return self._preprocess.geometry(image.height, image.width).picture(pixels)

    def example(self) -> Example:
        """Return the first file that can be read, and what is done to images.

        Raises:
            DataError: None can be read.

        """
        for sample in self._order.tolist():
            with suppress(*UNREADABLE):
                image = open_image(self._files.paths[sample])
                return Example(image=image, preprocess=self._preprocess, convert=self._converted)
        raise DataError(f"No image of {self.name!r} can be read any more.", "Check that the data is still in place.")

    def _converted(self, images: Sequence[Item]) -> torch.Tensor:
        pictures = [image for image in images if isinstance(image, Image.Image)]
        names = [f"image {number}" for number in range(len(pictures))]
        function = self._preprocess.function
        if function is not None:
            rgb = [image if image.mode == "RGB" else image.convert("RGB") for image in pictures]
            return stack_equal([function(image) for image in rgb], names).float()
        placed = [torch.from_numpy(self._preprocess.place(image)).permute(2, 0, 1) for image in pictures]
        return self._preprocess.scaled(_ordered(stack_equal(placed, names), self._preprocess)).float()

    def _is_readable(self, sample: int) -> bool:
        return not isinstance(self._read(sample), str)

    def _batches(self, parts: list[list[int]]) -> Iterator[Batch]:
        for part, images in self._loaded(parts):
            kept = self._skipping.readable(part, images, self._name_of)
            if kept:
                yield self._batch([sample for sample, _ in kept], [image for _, image in kept])

    def _loaded(self, parts: list[list[int]]) -> Iterator[tuple[list[int], list[torch.Tensor | str]]]:
        if not self._workers:
            for part in parts:
                yield part, [self._read(sample) for sample in part]
            return
        with ThreadPoolExecutor(self._workers, thread_name_prefix="cnnvis-read") as pool:
            waiting: list[tuple[list[int], list[Future[torch.Tensor | str]]]] = []
            coming = iter(parts)
            try:
                while True:
                    waiting.extend(
                        (part, [pool.submit(self._read, sample) for sample in part])
                        for part in islice(coming, 1 + _AHEAD - len(waiting))
                    )
                    if not waiting:
                        return
                    part, futures = waiting.pop(0)
                    yield part, [future.result() for future in futures]
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, sample: int) -> torch.Tensor | str:
        """Return the image as 8-bit [channels, height, width] (a user's function: its output), or why not."""
        function = self._preprocess.function
        try:
            image = open_image(self._files.paths[sample])
            if function is None:
                return torch.from_numpy(self._preprocess.place(image)).permute(2, 0, 1)
            image = image.convert("RGB") if image.mode != "RGB" else image
        except UNREADABLE as problem:
            return _said(problem).replace(str(self._files.paths[sample]), self._files.paths[sample].name)
        try:
            return function(image)
        except Exception as problem:  # noqa: BLE001 - the user's own code may raise anything, for a single odd image
            return f"{self._preprocess.describe()} failed with {type(problem).__name__}: {_said(problem)}"

    def _name_of(self, sample: int) -> str:
        return self._files.paths[sample].relative_to(self._files.root).as_posix()

    def _batch(self, samples: list[int], images: list[torch.Tensor]) -> Batch:
        inputs = stack_equal(images, [self._files.paths[sample].name for sample in samples])
        if self._preprocess.function is None:
            inputs = self._preprocess.scaled(_ordered(inputs, self._preprocess))
        numbers = np.array(samples, dtype=np.int64)
        return Batch(inputs=ModelInput((inputs.float(),)), labels=self._files.labels[numbers], samples=numbers)


def _said(problem: Exception) -> str:
    return str(problem).partition("\n")[0] or type(problem).__name__


def open_image(path: Path) -> Image.Image:
    """Read an image file as grey or RGB, turned upright as its EXIF orientation says."""
    with Image.open(path) as file:
        return upright(file)


def upright(file: Image.Image) -> Image.Image:
    """Return an opened image as grey or RGB, turned upright as its EXIF orientation says."""
    image = ImageOps.exif_transpose(file)
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(image)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode in ("1", "LA") else "RGB")


def stack_equal(images: Sequence[torch.Tensor], names: Sequence[str]) -> torch.Tensor:
    """Stack images of one shape.

    Raises:
        DataError: When their shapes differ.

    """
    for image, name in zip(images, names, strict=True):
        if image.shape != images[0].shape:
            first, other = ("x".join(map(str, shape[-2:])) for shape in (images[0].shape, image.shape))
            message = f"The images differ in size: {names[0]} is {first} and {name} is {other} (height x width)."
            raise DataError(message, "Give --resize and --crop, for example --resize 256 --crop 224.")
    return torch.stack(list(images))


def _ordered(images: torch.Tensor, preprocess: Preprocess) -> torch.Tensor:
    return images.flip(1) if preprocess.colour == "bgr" else images


def _from_deep(image: Image.Image) -> Image.Image:
    """Return a picture of more than 8 bits as grey: 16 bits by their upper half, others as they are, cut to 0-255."""
    values = np.asarray(image, dtype=np.float64)
    values = values / 257 if image.mode.startswith("I") and values.max() > 255 else values
    pixels: UInt8[np.ndarray, "height width"] = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def _images(folder: Path) -> tuple[Path, ...]:
    return tuple(
        sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file() and p.name[0] != ".")
    )


def _deep_images(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file() and p.name[0] != ".")


def _by_class(root: Path, folders: Sequence[Path], classes: ClassList | None) -> FileList:
    if {folder.name for folder in folders} <= {"train", "val", "valid", "validation", "test"}:
        message = (
            f"The folder {str(root)!r} holds the parts {', '.join(folder.name for folder in folders)}, not classes."
        )
        raise DataError(message, f"Give one part: --data {folders[-1]}.")
    paths: list[Path] = []
    labels: list[int] = []
    indices, names = _class_indices(root, [folder.name for folder in folders], classes)
    for folder, index in zip(folders, indices, strict=True):
        inside = _deep_images(folder)
        if not inside:
            message = f"The class folder {folder.name!r} in {str(root)!r} holds no images."
            raise DataError(
                message, "Put images into it, or remove the folder (class numbers follow the folders' order)."
            )
        paths.extend(inside)
        labels.extend([index] * len(inside))
    files = FileList(
        name=root.resolve().name,
        root=root,
        paths=tuple(paths),
        labels=np.array(labels, dtype=np.int64),
        class_names=names,
    )
    if all(name.isdecimal() for name in names) and sorted(names, key=int) != list(names):
        note = "The folders' numbers were sorted as text (0, 1, 10, 11, 2), as torchvision's ImageFolder does."
        files = replace(files, notes=(note,))
    return files


def _class_indices(
    root: Path, folders: Sequence[str], classes: ClassList | None
) -> tuple[Sequence[int], tuple[str, ...]]:
    if classes is None:
        return range(len(folders)), tuple(folders)
    found = [classes.index(name) for name in folders]
    known = [index for index in found if index is not None]
    if len(known) == len(folders):
        return known, classes.names
    if len(folders) == len(classes.names):
        return range(len(folders)), classes.names
    unknown = next(name for name, index in zip(folders, found, strict=True) if index is None)
    message = (
        f"The data in {str(root)!r} has {len(folders)} class folders, but {len(classes.names)} class names were given, "
        f"and the folder {unknown!r} is not one of them."
    )
    raise DataError(message, "Give as many names as folders, or names that hold those of the folders.")


def _with_labels(root: Path, files: tuple[Path, ...], *, labels: Path, classes: ClassList | None) -> FileList:
    table = read_labels(labels)
    texts = [_label_of(path, root, table) for path in files]
    if not any(texts):
        message = f"None of the {len(files)} images of {str(root)!r} is named in {labels.name}."
        raise DataError(message, f"Write lines like {files[0].relative_to(root).as_posix()},label.")
    numbers, names = to_indices(texts, classes, where=labels.name)
    missing = sum(not text for text in texts)
    notes = (f"{missing} of {len(files)} images have no label in {labels.name}.",) if missing else ()
    return FileList(name=root.resolve().name, root=root, paths=files, labels=numbers, class_names=names, notes=notes)


def _label_of(path: Path, root: Path, table: Mapping[str, str]) -> str:
    """Return the label of an image that is named by its path below the folder, by its name, or without the ending."""
    names = (path.relative_to(root).as_posix(), path.name, path.stem)
    return next((table[name] for name in names if name in table), "")
