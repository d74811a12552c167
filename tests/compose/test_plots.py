"""Which curves share a plot, however their metrics are spelt."""

import math

from cnnvis.compose.plots import plots_of
from cnnvis.schema.series import Event, GroupOfParameters, SeriesHead
from cnnvis.schema.training import PlotFacts

HEAD = SeriesHead(groups=(GroupOfParameters(optimizer="SGD"),))


def labels(plot: PlotFacts) -> list[tuple[str, str]]:
    return [(curve.name, curve.label) for curve in plot.curves]


def test_train_and_validation_share_a_plot_and_loss_comes_first() -> None:
    names = ["metric/val_acc", "metric/zeta", "loss", "metric/accuracy/train", "metric/eval/loss", "metric/test/top5"]
    plots = plots_of(names, ["learning_rate"], HEAD)
    assert [plot.title for plot in plots] == ["loss", "accuracy", "top5", "zeta", "learning rate"]
    assert labels(plots[0]) == [("loss", "train"), ("metric/eval/loss", "validation")]
    assert labels(plots[1]) == [("metric/accuracy/train", "train"), ("metric/val_acc", "validation")]
    assert [plot.share for plot in plots] == [False, True, True, False, False]


def test_curves_that_would_be_called_alike_keep_their_own_names() -> None:
    (plot,) = plots_of(["loss", "metric/train/loss", "metric/val/loss"], [], HEAD)
    assert labels(plot) == [("loss", "loss"), ("metric/train/loss", "train/loss"), ("metric/val/loss", "validation")]


def test_the_measured_accuracy_stands_in_for_one_that_was_not_handed_over() -> None:
    measured = ["output/accuracy", "output/confidence", "gradient/norm_all"]
    plots = plots_of(measured, [], HEAD)
    assert [plot.title for plot in plots] == ["accuracy", "gradient, all layers", "answers"]
    assert labels(plots[0]) == [("output/accuracy", "train, as measured")]
    assert "norm of all gradients" in plots[1].definition
    (accuracy, *_) = plots_of([*measured, "metric/train_acc"], [], HEAD)
    assert labels(accuracy) == [("metric/train_acc", "train")]


def test_every_group_of_parameters_has_its_learning_rate() -> None:
    two = SeriesHead(groups=(GroupOfParameters(optimizer="SGD"), GroupOfParameters(optimizer="SGD", number=1)))
    (plot,) = plots_of([], ["learning_rate", "momentum"], two)
    assert [(curve.place, curve.label) for curve in plot.curves] == [(0, "group 1"), (1, "group 2")]
    assert plots_of([], [], two) == ()


def test_a_cross_entropy_is_held_against_the_loss_of_guessing() -> None:
    ten = SeriesHead(groups=(GroupOfParameters(optimizer="SGD"),), classes=10)
    loss, rate = plots_of(["loss"], ["learning_rate"], ten)
    assert loss.level is not None
    assert loss.level.value == math.log(10)
    assert loss.level.words == "guessing among 10 classes: 2.30"
    assert rate.level is None
    (unknown,) = plots_of(["loss"], [], HEAD)
    assert unknown.level is None, "a run without classes"
    distance = Event(step=1, time=0.1, name="loss", names=("MseLossBackward0",))
    (other,) = plots_of(["loss"], [], ten, [distance])
    assert other.level is None
    both = Event(step=2, time=0.2, name="loss", names=("NllLossBackward0", "LogSoftmaxBackward0"))
    (newest,) = plots_of(["loss"], [], ten, [distance, both])
    assert newest.level == loss.level
