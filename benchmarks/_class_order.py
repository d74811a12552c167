"""The order of the classes beside other orders, on random columns and on the classes of real runs."""

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import numpy as np
from _table import Row
from scipy.cluster.hierarchy import leaves_list

import cnnvis
from cnnvis.analysis.reorder import class_groups, class_tree, leaf_order, path_length


def class_rows() -> Iterator[Row]:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(60, 2048))[rng.integers(0, 60, 1000)] + rng.normal(size=(1000, 2048))
    started = process_time()
    tree = class_tree(columns)
    order = leaf_order(tree, columns)
    groups = class_groups(tree, order)
    yield Row(name="class order, 1000 × 2048", value=process_time() - started, unit="s", target=2.0)
    length = path_length(columns, order)
    yield Row(name="  as given / ours", value=path_length(columns, np.arange(1000)) / length, unit="x", target=None)
    yield Row(name="  tree's own order / ours", value=path_length(columns, leaves_list(tree)) / length, unit="x",
              target=None)  # fmt: skip
    yield Row(name="  class groups", value=len(groups), unit="", target=40)
    yield Row(name="  largest", value=max(group.classes for group in groups), unit="classes", target=None)


def named_class_rows(folders: dict[str, Path], real: list[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[Row]:
    """Classes of real runs, which have names, over the neurons of all their layers."""
    by_run: dict[str, list[np.ndarray]] = {}
    for run, profiles, _ in real:
        spread = profiles.std(axis=1, keepdims=True)
        alive = spread[:, 0] > 0
        by_run.setdefault(run, []).append((profiles - profiles.mean(axis=1, keepdims=True))[alive] / spread[alive])
    for name, parts in by_run.items():
        run = cnnvis.read(folders[name])
        present = np.flatnonzero(run.statistics.class_images > 0)
        names = [run.file.classes[index] for index in present]
        if len(names) < 3:
            continue
        columns = np.concatenate(parts).T
        length = path_length(columns, leaf_order(class_tree(columns), columns))
        others = {"alphabetical": np.argsort(names, kind="stable"), "as given": np.arange(len(names))}
        for other, order in others.items():
            title = f"  classes of {name}, {len(names)} × {columns.shape[1]}, {other} / ours"
            yield Row(name=title, value=path_length(columns, order) / length, unit="x", target=None)
