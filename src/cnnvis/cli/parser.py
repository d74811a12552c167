"""The options of every command, with the help that a person reads; imports nothing heavy."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from cnnvis import __version__
from cnnvis.cli import arguments as read
from cnnvis.cli import edit_options as edit
from cnnvis.cli import training_options as training
from cnnvis.cli.exit_codes import MEANINGS

_TOP = """\
See what a convolutional network has learned: its layers, groups of neurons that
react alike, and what they look for, in your browser.

  cnnvis demo                  open a finished small analysis at once
  cnnvis analyze ...           analyse your own network (needs PyTorch)
  cnnvis open RUN [RUN ...]    show finished analyses ("cnnvis RUN" is the same)
  cnnvis check RUN             name what is wrong with a recorded training
  cnnvis snapshot RUN          have a training that is being recorded look at itself now
  cnnvis import-tensorboard    look at what another program has logged
  cnnvis replay CHECKPOINTS    the same for a folder of checkpoints
  cnnvis edit RUN ...          change clusters, undo, export and import edits
  cnnvis query RUN TABLE       write a table of an analysis as CSV
  cnnvis export RUN FILE       write run and page into one file to send around
  cnnvis                       list the runs below this folder
"""

_ANALYZE = """\
Run a network once over some images and write what its neurons do into a run
folder. Your code is not changed, and nothing leaves this machine.
"""

_ANALYZE_EXAMPLES = """\
examples:
  your own network, CIFAR-10 in its binary version:
    cnnvis analyze --model mypkg.nets:resnet20 --checkpoint resnet20.th \\
        --data cifar-10-batches-bin --preset cifar10 -o runs/resnet20

  a network from torchvision, a folder with one folder per class:
    cnnvis analyze --model torchvision:resnet50 --model-arg weights=DEFAULT \\
        --data path/to/images --preset imagenet

  Caffe's way of preprocessing (BGR, 0-255, mean subtracted):
    cnnvis analyze --model nets.py:squeezenet --checkpoint squeezenet.pth \\
        --data photos --class-names classes.txt --resize 256x256 --crop 227 \\
        --colour bgr --scale 0-255 --mean 104,117,123

  a network with a background output before its 1000 classes:
    cnnvis analyze ... --class-names classes.txt --class-map +1
"""


_OPEN = """\
Show one or more run folders in the browser. PyTorch is not needed. Ctrl-C ends it.

With the network and its images, given as for `cnnvis analyze`, the page can also
remove clusters for real and check connections by it. That runs your code, in a
process of its own, when the page first asks for it (needs PyTorch).
"""

_OPEN_EXAMPLES = """\
examples:
  cnnvis open runs/resnet20
  cnnvis open runs/* --port 9000 --no-browser
  cnnvis open runs/resnet20 --host 0.0.0.0 --read-only
  cnnvis open runs/resnet20 --model mypkg.nets:resnet20 --checkpoint resnet20.th \\
      --data cifar-10-batches-bin --preset cifar10
"""

_CHECK = """\
Judge a training that was recorded with cnnvis.Recorder: findings with evidence,
cause and remedy, symptoms under their causes. PyTorch is not needed.
"""

_CHECK_EXAMPLES = """\
examples:
  cnnvis check runs/a
  cnnvis check runs/a --json > findings.json
  cnnvis check runs/a --fail-on warning
"""

_SNAPSHOT = """\
Ask the training that is being recorded into RUN, in whatever process it runs, for a
snapshot after its next step, and wait until it is there. PyTorch is not needed.
"""

_DEMO = """\
Open a finished small run at once. With --train, train a small network on
handwritten digits, analyse it and open the result (needs PyTorch, about a minute).
"""

_EXPORT = """\
Write a run with its page into one HTML file. It opens from the disk in any current
browser, without a server, without network and without cnnvis. Clusters are in it
as you edited them. It stays below 20 MB: what has no place is listed.
"""

_EXPORT_EXAMPLES = """\
examples:
  cnnvis export runs/resnet20 report.html
  cnnvis export runs/resnet20 report.html --full
  cnnvis export runs/resnet20 site --folder
"""

_ALIASES = {"analyze": ["analyse"]}


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence and a remedy."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"error: {message[:1].upper()}{message[1:].rstrip('.')}. See {self.prog} --help.\n")


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="cnnvis",
        description=_TOP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="cnnvis COMMAND --help tells more about one command.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"cnnvis {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands", required=True)
    analyze = _command(commands.add_parser, "analyze", "analyse a network", (_ANALYZE, _ANALYZE_EXAMPLES))
    for add in (_add_model_options, _add_data_options):
        add(analyze, required=True)
    for add in (_add_preprocessing_options, _add_run_options):
        add(analyze)
    shown = _command(commands.add_parser, "open", "show runs in the browser", (_OPEN, _OPEN_EXAMPLES))
    shown.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folder, or a folder of run folders")
    _add_server_options(shown)
    for add in (_add_model_options, _add_data_options):
        add(shown, required=False)
    _add_preprocessing_options(shown)
    words = (_CHECK, _CHECK_EXAMPLES)
    _add_check_options(_command(commands.add_parser, "check", "name what is wrong with a recorded training", words))
    words = (_SNAPSHOT, None)
    asked = _command(commands.add_parser, "snapshot", "have a training take a snapshot now", words)
    asked.add_argument("run", type=Path, metavar="RUN", help="run folder that a recorder is writing")
    asked.add_argument("--wait", type=read.positive, default=60, metavar="SECONDS", help="time to wait for it (60)")
    words = (training.IMPORT, training.IMPORT_EXAMPLES)
    imported = _command(commands.add_parser, "import-tensorboard", "make runs of TensorBoard's logs", words)
    training.add_import_options(imported)
    words = (training.REPLAY, training.REPLAY_EXAMPLES)
    replayed = _command(commands.add_parser, "replay", "make a run of a folder of checkpoints", words)
    training.add_replay_options(replayed)
    _add_model_options(replayed, required=True, checkpoint=False)
    _add_data_options(replayed, required=True)
    _add_preprocessing_options(replayed)
    demo = _command(commands.add_parser, "demo", "show a small finished analysis", (_DEMO, None))
    _add_demo_options(demo)
    _add_server_options(demo)
    words = (edit.EDIT, edit.EDIT_EXAMPLES)
    edit.add_edit_options(_command(commands.add_parser, "edit", "change the clusters of a run", words))
    words = (edit.QUERY, edit.QUERY_EXAMPLES)
    edit.add_query_options(_command(commands.add_parser, "query", "write a table of a run", words))
    words = (_EXPORT, _EXPORT_EXAMPLES)
    _add_export_options(_command(commands.add_parser, "export", "write run and page into one file", words))
    return top


def _command(add_parser: Callable[..., Parser], name: str, summary: str, words: tuple[str, str | None]) -> Parser:
    """Add a command with its description and what stands below its options: its exit codes, and examples."""
    description, examples = words
    epilog = f"exit codes: {MEANINGS[name]}" + (f"\n\n{examples}" if examples else "")
    return add_parser(
        name,
        aliases=_ALIASES.get(name, []),
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_model_options(parser: Parser, *, required: bool, checkpoint: bool = True) -> None:
    group = parser.add_argument_group("the network")
    group.add_argument(
        "--model",
        required=required,
        metavar="REF",
        help="module:function or path/to/file.py:function (or class, or finished model), torchvision:NAME, timm:NAME",
    )
    if checkpoint:
        words = "weights: .pt, .pth, .th, .ckpt or .safetensors"
        group.add_argument("--checkpoint", type=Path, metavar="FILE", help=words)
    group.add_argument(
        "--model-arg",
        type=read.assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument for the function that builds the model, such as num_classes=10; may be repeated",
    )
    group.add_argument("--output", metavar="NAME", help="which entry of a tuple or dict output holds the logits")
    group.add_argument(
        "--input-name",
        metavar="NAME",
        help="parameter of forward that takes the image (the first); of several inputs in the data the image's key, "
        "or its place from 0",
    )
    group.add_argument("--device", help="cpu, cuda, cuda:1, mps (cuda where there is one, else cpu)")


def _add_data_options(parser: Parser, *, required: bool) -> None:
    group = parser.add_argument_group("the images")
    group.add_argument(
        "--data",
        required=required,
        metavar="REF",
        help="folder with one folder per class, folder of images, .npz, IDX (MNIST) or CIFAR binary files, "
        "or module:function that returns a Dataset, a DataLoader or (images, labels)",
    )
    group.add_argument(
        "--data-arg",
        type=read.assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument for the function that gives the data; may be repeated",
    )
    group.add_argument("--split", choices=("train", "test"), help="which part, where the data has both (test)")
    group.add_argument(
        "--labels", type=Path, metavar="FILE", help="labels: lines of 'image name,label', or one label per line"
    )
    group.add_argument(
        "--class-names",
        metavar="FILE|a,b,c",
        help="class names in label order: a,b,c or a file with one per line ('n01440764 tench' gives ids too) or JSON",
    )
    group.add_argument(
        "--class-groups",
        type=Path,
        metavar="FILE",
        help='your hierarchy of the classes, as JSON: {"animals": ["cat", {"birds": ["owl", "wren"]}], ...}',
    )
    group.add_argument(
        "--class-map",
        metavar="+1|FILE",
        help="class of each output: +1 if a background output comes before the classes, or a file of 'output,class'",
    )
    group.add_argument(
        "--limit", type=read.positive, metavar="N", help="use N images (of class folders: evenly spread)"
    )
    group.add_argument("--batch-size", type=read.positive, default=64, metavar="N", help="images per batch (64)")
    group.add_argument(
        "--workers",
        type=read.count,
        metavar="N",
        help="threads (image files, 2) or processes (your data set, 0) that read images ahead",
    )


def _add_preprocessing_options(parser: Parser) -> None:
    group = parser.add_argument_group(
        "preprocessing", "in this order: colour, resize, crop, scale, mean, std; the pictures shown stay the originals"
    )
    group.add_argument(
        "--preset",
        choices=("imagenet", "cifar10", "mnist", "none"),
        default="none",
        help="usual values for a data set; single options below change them",
    )
    group.add_argument("--resize", type=read.size, metavar="SIZE", help="short side in pixels, or HEIGHTxWIDTH")
    group.add_argument("--crop", type=read.size, metavar="SIZE", help="centre crop: side, or HEIGHTxWIDTH")
    group.add_argument(
        "--scale", type=read.scale, metavar="RANGE", help="0-1 (default), 0-255 or -1-1: what black and white become"
    )
    group.add_argument(
        "--mean", type=read.numbers, metavar="A,B,C", help="subtracted per channel, in the units of --scale"
    )
    group.add_argument("--std", type=read.numbers, metavar="A,B,C", help="divided by per channel, in those units too")
    group.add_argument("--colour", "--color", choices=("rgb", "bgr", "grey"), help="channels that the network takes")
    group.add_argument(
        "--input-shape",
        type=read.shape,
        metavar="CxHxW",
        help="shape the network takes: sets --colour, --resize and --crop where they are not given",
    )
    group.add_argument(
        "--preprocess",
        metavar="REF",
        help="your own module:function from a PIL image to a tensor [channels, height, width], instead of all these",
    )
    group.add_argument(
        "--show-channels",
        type=read.channels,
        metavar="A,B,C",
        help="which channels are shown as red, green and blue, for images with neither 1 nor 3 (0,1,2)",
    )


def _add_run_options(parser: Parser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument("-o", "--to", type=Path, metavar="RUN", help="folder to write (runs/<name of the model>)")
    group.add_argument("--name", help="title of the run")
    group.add_argument("--top-k", type=read.positive, default=9, metavar="N", help="best images kept per neuron (9)")
    group.add_argument(
        "--no-contributions",
        action="store_true",
        help="leave out the second pass, which finds what each neuron contributes to each class",
    )
    group.add_argument("--resume", action="store_true", help="go on with an analysis that was interrupted")
    group.add_argument("--overwrite", action="store_true", help="replace the run that is there")
    group.add_argument("--no-progress", action="store_true", help="show no progress bars")


def _add_server_options(parser: Parser) -> None:
    group = parser.add_argument_group("the server")
    group.add_argument("--port", type=read.port, help="port of the page (a free one from 8750 upwards)")
    group.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to serve on (127.0.0.1: this machine alone); for any other, a token is needed, which is printed "
        "with the address, or taken from CNNVIS_TOKEN in the environment",
    )
    group.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    group.add_argument(
        "--read-only", action="store_true", help="only show the runs: edits, and orders to the network, are refused"
    )
    group.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer under this name too, such as hub.example.org of a proxy; may be repeated ('*': any name)",
    )
    group.add_argument(
        "--base-path",
        default="",
        metavar="PATH",
        help="where a proxy shows the page: a path like /user/ada/proxy/{port}, or the whole address there",
    )
    group.add_argument(
        "--allow-frame",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin show it in a frame, such as http://localhost:8888; may be repeated",
    )


def _add_check_options(parser: Parser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder that a recorder wrote, or writes")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--fail-on",
        choices=("hint", "warning", "error"),
        metavar="SEVERITY",
        help="end with exit code 1 when there is a finding of this severity or worse: hint, warning or error",
    )


def _add_export_options(parser: Parser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder")
    parser.add_argument("to", nargs="?", type=Path, metavar="FILE", help="file to write (<name of the run>.html)")
    parser.add_argument(
        "--folder",
        action="store_true",
        help="write a folder for any web server instead (FILE, or <name of the run>-report)",
    )
    parser.add_argument("--full", action="store_true", help="take in all that a report can hold, however large it gets")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    parser.add_argument("--no-progress", action="store_true", help="show no progress bars")


def _add_demo_options(parser: Parser) -> None:
    parser.add_argument(
        "--train", action="store_true", help="train and analyse here instead of opening the finished run"
    )
    parser.add_argument("-o", "--to", type=Path, default=Path("runs/demo"), metavar="RUN", help="with --train: folder")
    parser.add_argument("--overwrite", action="store_true", help="with --train: train again, replacing the run there")
    parser.add_argument("--no-open", action="store_true", help="with --train: write the run, do not show it")
    parser.add_argument("--no-progress", action="store_true", help="show no progress bars")
