"""Rules about how a training is set up: parameters, inputs, losses, labels, data, batch norms, precision."""

import math

import numpy as np
import pytest

from cnnvis.analysis.diagnose.rule import Rule
from cnnvis.analysis.diagnose.rules import (
    batch_norm_mode,
    class_imbalance,
    data_leakage,
    double_softmax,
    initialisation,
    inputs,
    label_noise,
    precision,
    rectified_logits,
    small_batches,
    unshuffled,
    untrained,
    wrong_loss,
)
from cnnvis.schema.findings import Finding
from cnnvis.schema.series import Event
from tests.making.training import CLASSES, MEASURED, STEPS, case, curve, curves, statistics, without_snapshot

NORMS: dict[str, object] = {"norms": ("norm1", "norm2"), "norm_units": ("relu1", "relu2")}
NORM_LISTS = {
    "norm/training": curves(1.0, 2), "norm/momentum": curves(0.1, 2), "norm/mean_shift": curves(0.1, 2),
    "norm/scale_ratio": curves(1.0, 2), "norm/divergence": curves(0.1, 2), "norm/fresh": curves(0.0, 2),
}  # fmt: skip


def found(rule: Rule, *args: object, **options: object) -> Finding:
    finding = rule.apply(case(*args, **options))  # pyright: ignore[reportArgumentType]
    assert finding is not None
    assert finding.rule == rule.name
    assert finding.cause.endswith(".")
    assert finding.remedy.endswith(".")
    return finding


def silent(rule: Rule, *args: object, **options: object) -> bool:
    return rule.apply(case(*args, **options)) is None  # pyright: ignore[reportArgumentType]


def event(name: str, step: int = 1, **facts: object) -> Event:
    return Event(step=step, time=0.0, name=name, **facts)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "module",
    [batch_norm_mode, class_imbalance, data_leakage, double_softmax, initialisation, inputs, label_noise, precision,
     rectified_logits, small_batches, unshuffled, untrained, wrong_loss],
)  # fmt: skip
def test_a_sound_training_is_left_alone_and_an_empty_one_too(module: object) -> None:
    rule: Rule = module.RULE  # pyright: ignore[reportAttributeAccessIssue]
    sound = case()
    assert rule.apply(sound) is None
    nothing = case(dict.fromkeys(sound.series.run), dict.fromkeys(sound.series.lists), events=[event("finished")])
    assert rule.apply(without_snapshot(nothing)) is None


def test_untrained_parameters_by_kind() -> None:
    cut = found(untrained.RULE, events=[event("parameters", names=("conv1.weight", "conv1.bias", "conv2.weight"))])
    assert (cut.layer, cut.layers, cut.severity) == ("relu2", ("relu1", "relu2"), "error")
    assert "behind this layer" in cut.cause
    forgotten = found(untrained.RULE, unoptimized=("conv2.weight", "head.weight"))
    assert (forgotten.layer, forgotten.severity) == ("relu2", "error")
    frozen = found(untrained.RULE, frozen=("conv1.weight",))
    assert (frozen.layer, frozen.severity, frozen.evidence[0].value) == ("relu1", "hint", 1.0)
    mended = [event("parameters", names=("conv1.weight",)), event("parameters", 5)]
    assert silent(untrained.RULE, events=mended)


@pytest.mark.parametrize(
    ("mean", "std", "wrong"),
    [(0.0, 1.0, False), (0.45, 0.25, False), (0.1, 0.3, False), (120.0, 60.0, True), (10.0, 1.0, True),
     (0.0, 0.001, True), (0.0, 2.5, False), (-1.8, 0.3, False)],
)  # fmt: skip
def test_inputs_by_mean_and_deviation(mean: float, std: float, *, wrong: bool) -> None:
    lists = {
        "input/mean": curves(mean, 3), "input/std": curves(std, 3), "probe/mean": curves(mean, 3, np.array([0])),
        "probe/std": curves(std, 3, np.array([0])),
    }  # fmt: skip
    assert silent(inputs.RULE, None, lists) is not wrong


def test_inputs_against_probe_norm_and_nothing() -> None:
    other = found(inputs.RULE, None, {"probe/std": curves(255.0, 3, np.array([0]))})
    assert "not preprocessed alike" in other.title
    assert other.evidence[0].value == pytest.approx(255, rel=1e-3)
    far = NORM_LISTS | {"norm/divergence": curves((900.0, 0.1), 2)}
    foreign = found(inputs.RULE, None, far, **NORMS)
    assert (foreign.layer, foreign.severity) == ("relu1", "warning")
    assert silent(inputs.RULE, None, far | {"norm/divergence": curves((0.1, 900.0), 2)}, **NORMS), "not the first norm"
    assert silent(inputs.RULE, None, far | {"norm/fresh": curves(1.0, 2)}, **NORMS), "a new norm expects nothing"
    large = far | {"weight/gain": curves(40.0)}
    assert silent(inputs.RULE, None, large, **NORMS), "the first weights explain it"
    assert found(inputs.RULE, None, {"input/std": curves(0.0, 3)}).title == "All inputs are the same"
    broken = curves(0.0, 3)
    broken.values[0] = np.nan
    assert silent(inputs.RULE, None, {"input/mean": broken}), "the first finite inputs count"


def test_overflow_by_share_and_number() -> None:
    few = [event("overflow", step, value=2.0**10) for step in range(6)]
    assert silent(precision.RULE, events=few), "the search for a scale"
    many = [event("overflow", 0, value=2.0**-step) for step in range(40)]
    one = found(precision.RULE, events=many)
    assert one.evidence[0].value == pytest.approx(40 / 140, abs=1e-4)
    assert one.evidence[1].value == pytest.approx(2.0**-39, rel=1e-3)


@pytest.mark.parametrize(
    ("names", "twice"),
    [(("NllLoss", "LogSoftmax", "Softmax", "Addmm"), True), (("NllLoss", "LogSoftmax", "View", "LogSoftmax"), True),
     (("NllLoss", "LogSoftmax", "Addmm", "Relu", "Softmax"), False), (("NllLoss", "Log", "Softmax"), False)],
)  # fmt: skip
def test_double_softmax_by_the_operations(names: tuple[str, ...], *, twice: bool) -> None:
    assert silent(double_softmax.RULE, events=[event("loss", names=names)]) is not twice


def test_double_softmax_by_outputs_that_sum_to_one() -> None:
    summed = {"output/sum_error": curve(1e-7, MEASURED), "output/minimum": curve(0.0, MEASURED)}
    one = found(double_softmax.RULE, summed)
    best = -math.log(math.e / (math.e + 3))  # the right one of four classes gets all
    assert one.evidence[0].value == pytest.approx(best, rel=1e-3)
    assert one.layer == "head"


def test_wrong_losses() -> None:
    assert found(wrong_loss.RULE, events=[event("loss", names=("MseLoss", "Addmm"))]).severity == "warning"
    assert "absolute" in found(wrong_loss.RULE, events=[event("loss", names=("Abs", "Sub"))]).cause
    nll = found(wrong_loss.RULE, {"loss": curve(-5.0)}, events=[event("loss", names=("NllLoss", "Addmm"))])
    assert (nll.severity, nll.evidence[0].value) == ("error", -5.0)
    assert silent(wrong_loss.RULE, events=[event("loss", names=("NllLoss2D", "LogSoftmax"))])
    assert silent(wrong_loss.RULE, events=[event("loss", names=("MseLoss",))], classes=1), "regression"


def test_rectified_logits() -> None:
    zeros = {"output/minimum": curve(0.0, MEASURED), "output/zero": curve(0.4, MEASURED)}
    assert found(rectified_logits.RULE, zeros).layer == "head"
    assert silent(rectified_logits.RULE, zeros | {"output/minimum": curve(-0.1, MEASURED)})


def test_class_imbalance_needs_enough_labels() -> None:
    rare = np.array([1000.0, 1000.0, 1000.0, 100.0])
    one = found(class_imbalance.RULE, None, {"labels/count": curves(rare, 4)})
    assert "Class 0 comes 10 times as often as class 3" in one.title
    few = case(None, {"labels/count": curves(rare / 100, 4)})
    assert class_imbalance.RULE.missing(few) == "80 labels needed, 31 read"
    assert "no labels could be read" in class_imbalance.RULE.missing(case(None, {"labels/count": None}))
    assert silent(class_imbalance.RULE, None, {"labels/count": curves([100.0, 200.0, 300.0, 400.0], 4)})


def counted(batches: np.ndarray) -> dict[str, object]:
    return {"labels/count": curves(np.cumsum(batches, axis=0), CLASSES, MEASURED[: len(batches)])}


def test_batches_of_one_class_each_are_not_shuffled() -> None:
    ordered = 32.0 * np.eye(CLASSES)[np.arange(12) // 3]
    one = found(unshuffled.RULE, None, counted(ordered))
    assert one.evidence[0].value == pytest.approx(0.25, rel=0.01)
    rng = np.random.default_rng(0)
    assert silent(unshuffled.RULE, None, counted(rng.multinomial(32, np.full(CLASSES, 0.25), 12).astype(float)))
    assert silent(unshuffled.RULE, None, counted(rng.multinomial(2, np.full(CLASSES, 0.25), 12).astype(float))), (
        "batches of two hold few classes by chance"
    )
    lone = np.zeros((12, CLASSES))
    lone[:, 0] = 32.0
    assert silent(unshuffled.RULE, None, counted(lone)), "there is one class only"


def test_a_validation_that_says_what_the_training_says() -> None:
    same = np.linspace(1.0, 0.3, len(MEASURED))
    metrics = {"metric/val/loss": curve(same, MEASURED), "metric/train/epoch_loss": curve(same, MEASURED)}
    one = found(data_leakage.RULE, metrics)
    assert one.title == "val/loss and train/epoch_loss are the same numbers"
    other = metrics | {"metric/train/epoch_loss": curve(same * 1.01, MEASURED)}
    assert silent(data_leakage.RULE, other)
    constant = {"metric/val/accuracy": curve(1.0, MEASURED), "metric/train/accuracy": curve(1.0)}
    assert silent(data_leakage.RULE, constant), "both are perfect"


def test_data_leakage_only_with_a_probe_set_of_its_own() -> None:
    shared = {"input/in_probe": curve(0.2, MEASURED)}
    assert found(data_leakage.RULE, shared).evidence[0].value == 0.2
    assert silent(data_leakage.RULE, shared, {"probe/mean": curves(0.0, 3, np.array([8]))})
    assert silent(data_leakage.RULE, {"input/in_probe": curve(1.0, MEASURED)}, {"input/std": curves(0.0, 3)})


def test_batch_norm_mode_names_the_norm() -> None:
    one = found(batch_norm_mode.RULE, None, NORM_LISTS | {"norm/training": curves((1.0, 0.0), 2)}, **NORMS)
    assert (one.layer, one.first_step) == ("relu2", 4)
    assert one.title.startswith("1 of 2")
    assert silent(batch_norm_mode.RULE, None, NORM_LISTS, **NORMS)


@pytest.mark.parametrize(
    ("images", "momentum", "wrong"),
    [
        (2, 0.1, True),
        (3, 0.01, True),
        (4, 0.1, False),
        (4, 0.8, True),
        (8, 0.5, False),
        (8, 0.95, True),
        (32, 0.9, False),
    ],
)
def test_batches_are_small_by_themselves_or_by_what_the_running_statistics_keep(
    images: int, momentum: float, *, wrong: bool
) -> None:
    lists = NORM_LISTS | {"norm/momentum": curves(momentum, 2)}
    assert silent(small_batches.RULE, {"images": curve(images)}, lists, **NORMS) is not wrong
    assert silent(small_batches.RULE, {"images": curve(images)}), "no batch norm, no harm"


def test_small_batches_are_a_hint_until_they_do_harm() -> None:
    small = {"images": curve(2.0), "loss": curve(0.5)}
    severities = [
        found(small_batches.RULE, small | {"metric/val/loss": curve(values, MEASURED)}, NORM_LISTS, **NORMS).severity
        for values in (0.5, np.where(np.arange(len(MEASURED)) % 2, 0.5, 0.9), 0.4)
    ]
    assert severities == ["hint", "warning", "warning"]
    assert found(small_batches.RULE, small | {"metric/val/loss": None}, NORM_LISTS, **NORMS).severity == "hint"
    fixed = NORM_LISTS | {"norm/momentum": curves(0.0, 2)}
    assert silent(small_batches.RULE, {"images": curve(8)}, fixed, **NORMS), "the statistics do not move"


def test_initialisation_leaves_out_norms_and_a_small_last_layer() -> None:
    faint, loud = ({"output/deviation": curve(value, MEASURED)} for value in (1e-3, 300.0))
    small = found(initialisation.RULE, faint, {"weight/gain": curves((1.4, 0.01, 1.0))})
    assert (small.layer, small.title) == ("relu2", "The first weights are too small")
    assert silent(initialisation.RULE, None, {"weight/gain": curves((1.4, 0.01, 1.0))}), "the outputs are as usual"
    wrong = {"output/deviation": curve(6.0, MEASURED), "loss": curve(np.geomspace(12.0, 0.5, STEPS))}
    assert found(initialisation.RULE, wrong, {"weight/gain": curves((5.0, 5.0, 5.0))}), "sure of wrong answers"
    assert silent(initialisation.RULE, wrong, {"weight/gain": curves((1.4, 1.4, 1.4))}), "with usual weights it is not"
    large = found(initialisation.RULE, loud, {"weight/gain": curves((5.0, 5.0, 5.0))})
    assert (large.layer, len(large.layers)) == ("relu1", 3)
    assert silent(initialisation.RULE, faint, {"weight/gain": curves((0.58, 1.4, 0.0))})
    assert silent(initialisation.RULE, loud, {"weight/gain": curves((9.0, 9.0, 1.0))}, **NORMS)
    later = curves(1.4)
    later.values[3:] = 9.0
    assert silent(initialisation.RULE, loud, {"weight/gain": later}), "only the first weights count"


KINDS = 8


def confusion(noise: float, seed: int = 0, *, lumped: bool = False) -> np.ndarray:
    """Answers to 2,000 images of eight classes, a part of them mistaken: by lot, or always for the next class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, KINDS, 2000)
    wrong = rng.random(2000) < noise
    moved = np.ones(2000, int) if lumped else rng.integers(1, KINDS, 2000)
    answers = np.where(wrong, (labels + moved) % KINDS, labels)
    table = np.zeros((KINDS, KINDS), np.int64)
    np.add.at(table, (labels, answers), 1)
    return table


def test_label_noise_is_mistakes_without_structure() -> None:
    def named(table: np.ndarray, lists: dict[str, object] | None = None, *, end: float = 1.5) -> bool:
        loss = {"loss": curve(np.geomspace(2.08, end, STEPS))}
        return not silent(label_noise.RULE, loss, lists, seen=statistics(confusion=table), classes=KINDS)

    noisy = confusion(0.5)
    assert named(noisy)
    assert not named(confusion(0.5, lumped=True)), "always the same mistakes"
    assert not named(confusion(0.1)), "few mistakes"
    assert not named(noisy, {"update/ratio": curves(1e-6)}), "nothing is learned"
    assert not named(noisy, end=1e-3), "all labels are known by heart, wrong ones too"
    assert not named(noisy // 20), "so few mistakes may be by lot or not"
    one = found(label_noise.RULE, {"loss": curve(1.5)}, seen=statistics(confusion=noisy), classes=KINDS)
    assert one.evidence[0].value == pytest.approx(0.0, abs=0.01)
    guessing = found(label_noise.RULE, {"loss": curve(2.08)}, seen=statistics(confusion=noisy), classes=KINDS)
    assert guessing.title.startswith("The network guesses")
    four = case(seen=statistics(confusion=noisy[:4, :4]))
    assert label_noise.RULE.missing(four) == "6 classes needed, 4 there"


def test_mistakes_structure_is_about_nothing_by_lot() -> None:
    by_lot = [label_noise.mistakes_structure(confusion(0.6, seed)) for seed in range(40)]
    assert float(np.median([one for one, _ in by_lot])) < 0.002
    assert max(most for _, most in by_lot) < label_noise.STRUCTURE
    assert label_noise.mistakes_structure(confusion(0.6, lumped=True))[0] == pytest.approx(0.9, abs=0.15)
    assert label_noise.mistakes_structure(np.eye(KINDS, dtype=np.int64)) == (math.inf, math.inf)
    few = label_noise.mistakes_structure(confusion(0.5) // 20)
    assert few[1] > label_noise.STRUCTURE


def test_what_the_structure_is_at_most_is_rarely_too_little() -> None:
    """Tables of one law, some of whose mistakes are lumped: the bound is below the law's own once in twenty, about."""
    law = confusion(0.6).astype(float) + 0.3 * confusion(0.6, lumped=True)
    law /= law.sum()
    large = label_noise.mistakes_structure((1e8 * law).astype(np.int64))[0]
    rng = np.random.default_rng(0)
    tables = rng.multinomial(1000, law.ravel(), 200).reshape(-1, KINDS, KINDS)
    bounds = [label_noise.mistakes_structure(table)[1] for table in tables]
    assert np.mean(np.array(bounds) < large) < 0.12


def test_expected_mistakes_have_the_rows_and_columns_of_what_was_seen() -> None:
    """Quasi-independence by brute force: the best multiplicative model has these sums."""
    table = confusion(0.6, 3).astype(float)
    off = ~np.eye(KINDS, dtype=bool)
    rows, columns = np.ones(KINDS), np.ones(KINDS)
    for _ in range(3000):
        rows = (table * off).sum(1) / (off * columns[None]).sum(1)
        columns = (table * off).sum(0) / (off * rows[:, None]).sum(0)
    fitted = rows[:, None] * columns[None] * off
    chi = (((table - fitted) ** 2)[off] / fitted[off]).sum()
    freedom = KINDS * (KINDS - 1) - 2 * KINDS + 1
    assert label_noise.chi_squared(confusion(0.6, 3))[:2] == (pytest.approx(chi, rel=1e-3), freedom)
