"""The options of the commands that make recorded trainings of what others have kept: logs and checkpoints."""

from argparse import ArgumentParser
from pathlib import Path

IMPORT = """\
Make runs of what TensorBoard shows: scalars become plots, histograms of weights,
gradients and activations become the table of layers. TensorBoard is not needed.
"""

IMPORT_EXAMPLES = """\
Several logs in the folder become several runs in -o, unless they are called train
and validation beside each other: these are one training.

examples:
  cnnvis import-tensorboard lightning_logs -o runs/imported
  cnnvis import-tensorboard logs --log version_3 -o runs/b && cnnvis open runs/b
"""

REPLAY = """\
Go through a folder of checkpoints as if the training were done again: each becomes
a snapshot, with accuracy, activations and weights as curves between them. Then
`cnnvis open` shows how the network came to be and `cnnvis check` judges it.
"""

REPLAY_EXAMPLES = """\
A checkpoint's step is taken from its name (step=400, epoch_3, checkpoint-400) or,
failing that, from what it holds. After Ctrl-C the run can be opened all the same.

examples:
  cnnvis replay checkpoints --model nets.py:resnet20 --data cifar-10-batches-bin \\
      --preset cifar10 -o runs/c
  cnnvis replay checkpoints ... -o runs/c --resume
"""


def add_import_options(parser: ArgumentParser) -> None:
    """Add what `cnnvis import-tensorboard` takes."""
    parser.add_argument("logs", type=Path, metavar="LOGDIR", help="folder that TensorBoard is started on, or one file")
    parser.add_argument("-o", "--to", type=Path, required=True, metavar="RUN", help="folder to write")
    parser.add_argument("--log", metavar="NAME", help="which of several logs: its folder, as TensorBoard names it")
    parser.add_argument("--overwrite", action="store_true", help="replace the runs that are there")
    parser.add_argument("--no-progress", action="store_true", help="show no progress bar")


def add_replay_options(parser: ArgumentParser) -> None:
    """Add what `cnnvis replay` takes beside network, images and preprocessing."""
    parser.add_argument("checkpoints", type=Path, metavar="CHECKPOINTS", help="folder of checkpoints")
    parser.add_argument("-o", "--to", type=Path, required=True, metavar="RUN", help="folder to write")
    parser.add_argument("--name", help="title of the run")
    parser.add_argument("--resume", action="store_true", help="go on with a replay that was stopped")
    parser.add_argument("--overwrite", action="store_true", help="replace the run that is there")
    parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
