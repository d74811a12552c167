"""`cnnvis analyze` on networks that others have trained, by their own numbers."""

import sys
from pathlib import Path

import pytest

from cnnvis.cli.main import main
from cnnvis.store.reader import Run, read_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PHOTOS = """
from pathlib import Path
from PIL import Image

class Photos:
    def __init__(self, folder):
        numbers = [line.split()[0] for line in Path(folder, "classes.txt").read_text().splitlines()]
        files = sorted(Path(folder).glob("*/*.JPEG"))
        self.files = [(path, numbers.index(path.name.split("_")[0])) for path in files]
    def __len__(self):
        return len(self.files)
    def __getitem__(self, index):
        path, label = self.files[index]
        return Image.open(path).convert("RGB"), label
"""


def analysed(folder: Path, *words: str) -> Run:
    """Run the command in this folder and return the run that it wrote."""
    assert main(["analyze", *words, "-o", str(folder / "run"), "--no-contributions", "--device", "cpu"]) == 0
    return read_run(folder / "run")


@pytest.fixture
def photos(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options for a hundred photos of the thousand classes of ImageNet."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "photos_of_known_networks.py").write_text(PHOTOS)
    source = shared_data / "imagenet_samples"
    names = [line.split(maxsplit=1)[1] for line in (source / "classes.txt").read_text().splitlines()]
    (tmp_path / "names.txt").write_text("\n".join(names))
    data = ["--data", f"{tmp_path / 'photos_of_known_networks.py'}:Photos", "--data-arg", f"folder={source}"]
    return [*data, "--class-names", str(tmp_path / "names.txt")]


def test_resnet_20_is_right_on_what_its_makers_say(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    code = shared_data / "networks.py"
    weights = shared_data / "models" / "cifar10_resnet_akamaster" / "resnet20-12fca82f.th"
    run = analysed(
        tmp_path, "--model", f"{code}:resnet20", "--checkpoint", str(weights), "--data", f"{code}:cifar10",
        "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225",
    )  # fmt: skip
    out, error = capsys.readouterr()
    assert "resnet20 has 688 neurons after a non-linearity in 19 layers. It saw 5,000 images" in out
    assert "91.50 % of them right" in out
    assert "img/s" in error
    assert "warning" not in error
    assert (run.snapshot.correct, run.snapshot.images_seen) == (4575, 5000)
    assert run.statistics.confusion.trace() == 4575
    # ... and the classifier.
    assert [unit.neurons for unit in run.graph.units if unit.activation is None][-1:] == [10]


def test_squeezenet_on_photos(shared_data: Path, tmp_path: Path, photos: list[str]) -> None:
    weights = shared_data / "models" / "imagenet_squeezenet10_dc" / "squeezenet1_0_dc.pth"
    run = analysed(
        tmp_path, *photos, "--model", f"{shared_data / 'networks.py'}:squeezenet", "--checkpoint", str(weights),
        "--resize", "227x227", "--colour", "bgr", "--scale", "0-255", "--mean", "104,117,123",
    )  # fmt: skip
    assert run.snapshot.images_seen == 100
    assert len([unit for unit in run.graph.units if unit.activation]) == 26
    assert run.snapshot.correct / 100 >= 0.655 - 0.1, "below what is known of 1000 photos, by two deviations"


def test_mobilenet_v2_with_an_output_for_the_background_on_photos(
    shared_data: Path, tmp_path: Path, photos: list[str]
) -> None:
    weights = shared_data / "models" / "imagenet_mobilenet" / "mobilenet_v2_1.0_224_quant.dequant.pth"
    run = analysed(
        tmp_path, *photos, "--model", f"{shared_data / 'networks.py'}:mobilenet_v2", "--checkpoint", str(weights),
        "--class-map", "+1", "--resize", "256", "--crop", "224", "--scale=-1-1",
    )  # fmt: skip
    assert run.snapshot.images_seen == 100
    assert len(run.file.classes) == 1000
    assert len([unit for unit in run.graph.units if unit.activation]) == 35
    assert run.snapshot.correct / 100 >= 0.85 - 0.075, "below what is known of 1000 photos, by two deviations"
