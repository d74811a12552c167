"""The options of `cnnvis edit` and `cnnvis query`, with the help that a person reads; imports nothing heavy."""

import argparse
from pathlib import Path

from cnnvis.cli import arguments as read

TABLES = tuple(
    (
        "layers neurons clusters classes profiles contributions connections confusion probe activations image-groups "
        "edits findings series"
    ).split()
)
ACTIONS = tuple(
    (
        "move create merge split regroup lock unlock rename note save-images rename-images remove-images images "
        "undo redo jump history clusters export import"
    ).split()
)

EDIT = """\
Change the clusters of a run, or see and take back what was changed. An open page
shows it at once. Neurons are channels, such as 3,14,20-25; clusters are c1, c2, ...

  cnnvis edit RUN clusters LAYER                the clusters as they are
  cnnvis edit RUN move LAYER NEURONS CLUSTER    move neurons into a cluster
  cnnvis edit RUN create LAYER NEURONS [NAME]   make a new cluster of neurons
  cnnvis edit RUN merge LAYER CLUSTER CLUSTER   make one cluster of several
  cnnvis edit RUN split LAYER CLUSTER           split a cluster in two (or -k N)
  cnnvis edit RUN regroup LAYER                 group anew (--method, -k, --preview)
  cnnvis edit RUN lock|unlock LAYER CLUSTER     keep its neurons as they are, or not
  cnnvis edit RUN rename LAYER CLUSTER NAME     name a cluster ("": automatic title)
  cnnvis edit RUN note LAYER TEXT               write a note (--cluster, --neuron)
  cnnvis edit RUN save-images IMAGES NAME       keep probe images as a group (ids: 3,14)
  cnnvis edit RUN rename-images GROUP NAME      groups are g1, g2, ...
  cnnvis edit RUN remove-images GROUP           forget a group; the images stay
  cnnvis edit RUN images                        the groups as they are
  cnnvis edit RUN undo | redo | history
  cnnvis edit RUN jump N                        undo or redo until N edits hold
  cnnvis edit RUN export FILE                   write clusters and groups as JSON
  cnnvis edit RUN import FILE                   take them over, from any run
"""

EDIT_EXAMPLES = """\
examples:
  cnnvis edit runs/resnet20 move layer2.0/relu#1 3,14 c2
  cnnvis edit runs/resnet20 rename layer2.0/relu#1 c2 "wheels"
  cnnvis edit runs/resnet20 regroup layer2.0/relu#1 --method kmeans -k 6 --preview
  cnnvis edit runs/resnet20 export edits.json
  cnnvis edit runs/resnet20-longer import edits.json
"""

QUERY = """\
Write a table of a run as CSV, as lines of JSON, or as Parquet (which needs pyarrow):

  layers, neurons, clusters    what the picture shows, clusters as you edited them
  classes, profiles            the classes, and each neuron's answer to each class
  contributions, connections   to classes, and between clusters
  confusion, probe             predictions, in all and per probe image
  activations                  of each neuron on each probe image
  image-groups                 the images that you saved as groups
  edits                        what you did to clusters and image groups
  series, findings             a recorded training, and what is wrong with it
"""

QUERY_EXAMPLES = """\
examples:
  cnnvis query runs/resnet20 clusters
  cnnvis query runs/resnet20 neurons --layer layer2.0/relu#1 -o neurons.csv
  cnnvis query runs/resnet20 confusion --format jsonl | head
  cnnvis query runs/resnet20 profiles -o profiles.parquet
"""


def add_edit_options(parser: argparse.ArgumentParser) -> None:
    """Add what `cnnvis edit` takes."""
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder")
    parser.add_argument("action", choices=ACTIONS, help="what to do, see above")
    parser.add_argument("words", nargs="*", metavar="WORD", help="what to do it with, see above")
    parser.add_argument("-k", type=read.positive, metavar="N", help="split, regroup: number of clusters")
    parser.add_argument("--method", choices=("ward", "kmeans", "meanshift"), default="ward", help="regroup: how (ward)")
    parser.add_argument("--preview", action="store_true", help="regroup: show old and new, change nothing")
    parser.add_argument("--cluster", metavar="CLUSTER", help="note: about this cluster")
    parser.add_argument("--neuron", type=read.count, metavar="N", help="note: about this neuron")


def add_query_options(parser: argparse.ArgumentParser) -> None:
    """Add what `cnnvis query` takes."""
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder")
    parser.add_argument("table", choices=TABLES, metavar="TABLE", help="which table, see above")
    parser.add_argument("--layer", action="append", metavar="LAYER", help="this layer only; may be repeated")
    parser.add_argument(
        "-o", "--to", type=Path, metavar="FILE", help="file to write: .csv, .jsonl or .parquet (the standard output)"
    )
    parser.add_argument(
        "--format", choices=("csv", "jsonl", "parquet"), help="how to write it (as the file's name ends, else csv)"
    )
