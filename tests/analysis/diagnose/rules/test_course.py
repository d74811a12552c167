"""Rules about how a training goes: gradients, updates, activations, losses, neurons."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.diagnose.payoff import NOTHING
from cnnvis.analysis.diagnose.rule import Rule
from cnnvis.analysis.diagnose.rules import (
    chance_level,
    collapse,
    dead_relu,
    exploding,
    momentum,
    nonfinite,
    not_decayed,
    overfitting,
    rate_high,
    rate_low,
    redundant,
    saturation,
    underfitting,
    vanishing,
    weight_decay,
)
from cnnvis.schema.findings import Finding
from cnnvis.schema.series import Event
from tests.making.training import CLASSES, MEASURED, STEPS, case, curve, curves, graph, statistics, without_snapshot


def found(rule: Rule, *args: object, **options: object) -> Finding:
    finding = rule.apply(case(*args, **options))  # pyright: ignore[reportArgumentType]
    assert finding is not None
    assert finding.rule == rule.name
    assert finding.cause.endswith(".")
    assert finding.remedy.endswith(".")
    return finding


def silent(rule: Rule, *args: object, **options: object) -> bool:
    return rule.apply(case(*args, **options)) is None  # pyright: ignore[reportArgumentType]


MODULES = [chance_level, collapse, dead_relu, exploding, momentum, nonfinite, not_decayed, overfitting, rate_high,
           rate_low, redundant, saturation, underfitting, vanishing, weight_decay]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_a_sound_training_is_left_alone_and_an_empty_one_too(module: object) -> None:
    rule: Rule = module.RULE  # pyright: ignore[reportAttributeAccessIssue]
    sound = case()
    assert rule.apply(sound) is None
    nothing = case(dict.fromkeys(sound.series.run), dict.fromkeys(sound.series.lists))
    assert rule.apply(without_snapshot(nothing)) is None


def since(step: int, before: float, after: float, place: int) -> object:
    """A quantity of three units that changes at one of them at a step."""
    values = curves(before)
    values.values[step <= MEASURED, place] = after
    return values


def test_dead_neurons_name_the_first_layer_and_step() -> None:
    lists = {"silent": since(40, 0, 8, 1), "dead": since(52, 0, 8, 1), "bias/mean": since(40, 0, -9, 1)}
    one = found(dead_relu.RULE, None, lists, seen=statistics(dead=["relu2"]))
    assert (one.layer, one.first_step, one.neurons) == ("relu2", 40, tuple(range(8)))
    assert one.title == "8 of 8 neurons are dead since step 40"
    assert (one.first_step, one.evidence_step) == (40, 52), "they count as dead only later"
    assert one.severity == "warning", "it learns all the same"
    fewer = lists | {"silent": since(40, 0, 7, 1), "dead": since(52, 0, 7, 1)}
    assert silent(dead_relu.RULE, None, fewer, seen=statistics(dead=["relu2"])), "one is left, and it learns"
    assert found(dead_relu.RULE, {"loss": curve(1.2)}, fewer, seen=statistics(dead=["relu2"])).severity == "error"
    most = lists | {"silent": since(40, 0, 6, 1), "dead": since(52, 0, 6, 1)}
    assert silent(dead_relu.RULE, {"loss": curve(1.2)}, most, seen=statistics(dead=["relu2"])), "six of eight by chance"
    assert one.evidence[0].value == 1.0
    assert "biases are far below 0" in one.cause
    both = {"silent": curves((8, 8, np.nan)), "dead": curves((8, 8, np.nan)), "weight/negative": curves(0.7)}
    first = found(dead_relu.RULE, None, both, seen=statistics(dead=["relu1", "relu2"]))
    assert (first.layer, first.layers) == ("relu1", ("relu1", "relu2"))
    stuck = found(dead_relu.RULE, {"loss": curve(1.386)}, both, seen=statistics(dead=["relu1", "relu2"]))
    assert stuck.severity == "error"
    assert "mostly negative" in first.cause
    assert first.title.endswith("from the start")


def test_gates_may_be_silent_and_alike() -> None:
    """A unit that only weighs others leaves a constant weight when it is silent."""
    lists = {"silent": since(40, 0, 8, 1), "dead": since(52, 0, 8, 1)}
    judged = case({"loss": curve(1.2)}, lists, seen=statistics(dead=["relu2"]))
    assert dead_relu.RULE.apply(judged) is not None
    assert dead_relu.RULE.apply(replace(judged, gates=frozenset({"relu2"}))) is None
    idle = case({"loss": curve(1.386)}, {"after/zero": curves((0.5, 0.85, 0.0)), "gradient/norm": curves(1e-4)})
    assert dead_relu.RULE.apply(idle) is not None
    assert dead_relu.RULE.apply(replace(idle, gates=frozenset({"relu2"}))) is None


def test_neurons_that_fire_on_the_probe_images_are_not_dead() -> None:
    lists = {"silent": curves((8, 0, np.nan)), "dead": curves((8, 0, np.nan))}
    assert silent(dead_relu.RULE, None, lists), "small batches may leave neurons silent for some steps"
    assert dead_relu.RULE.apply(without_snapshot(case(None, lists))) is not None
    alive = {"silent": since(40, 8, 0, 0), "dead": since(40, 8, 0, 0)}
    assert silent(dead_relu.RULE, None, alive, seen=statistics(dead=["relu1"])), "they came back"


def test_a_layer_that_hardly_fires_in_a_stuck_network() -> None:
    """No neuron is dead for all positions of all images, and yet nothing gets through."""
    idle = {"after/zero": curves((0.5, 0.85, 0.0)), "gradient/norm": curves(1e-4), "weight/negative": curves(0.62)}
    one = found(dead_relu.RULE, {"loss": curve(1.386)}, idle)
    assert (one.layer, one.first_step, one.title[:4]) == ("relu2", 4, "85 %")
    assert "mostly negative" in one.cause
    assert silent(dead_relu.RULE, None, idle), "it learns"
    assert silent(dead_relu.RULE, {"loss": curve(1.386)}, idle | {"gradient/norm": curves(1.0)}), (
        "gradients come through"
    )


def test_saturation_names_the_first_layer_and_step() -> None:
    flat = curves((np.nan, np.nan, np.nan))
    flat.values[:, 0], flat.values[:, 1] = 0.1, np.where(MEASURED >= 20, 0.9, 0.2)
    stuck = {"loss": curve(1.386)}
    one = found(saturation.RULE, stuck, {"after/saturated": flat}, layers=graph("tanh"))
    assert (one.layer, one.first_step, one.evidence[0].value) == ("relu2", 20, 0.9)
    assert silent(saturation.RULE, None, {"after/saturated": flat}, layers=graph("tanh")), "it learns all the same"


def test_vanishing_gradients_are_relative_to_what_lies_behind() -> None:
    one = found(vanishing.RULE, None, {"gradient/norm": curves((1e-6, 1e-4, 1.0))})
    assert (one.layer, one.layers) == ("relu2", ("relu1", "relu2"))
    assert one.evidence[0].value == pytest.approx(1e-6)
    assert silent(vanishing.RULE, None, {"gradient/norm": curves((0.01, 0.1, 1.0))})
    assert silent(vanishing.RULE, None, {"gradient/norm": curves(1e-9)}), "small everywhere is another matter"
    assert silent(vanishing.RULE, None, {"gradient/norm": curves((0.0, 0.0, 1.0))}), "none at all: cut or dead"


def test_exploding_gradients_at_once_or_later() -> None:
    at_once = curve(1.0, MEASURED)
    at_once.values[0] = 800.0
    thrown = curves(5e-3)
    thrown.values[0] = 3.0
    lists = {"gradient/norm": since(0, 1, 400, 1), "update/ratio": thrown}
    one = found(exploding.RULE, {"gradient/unclipped_all": at_once}, lists)
    assert (one.first_step, one.last_step, one.layer) == (4, 4, "relu2")
    assert one.evidence[0].value == 80.0
    later = curve(1.0, MEASURED)
    later.values[10] = 800.0
    assert silent(exploding.RULE, {"gradient/unclipped_all": later}), "one spike"
    later.values[11] = 900.0
    assert silent(exploding.RULE, {"gradient/unclipped_all": later}), "two of 25 that did no harm"
    later.values[12] = 900.0
    assert found(exploding.RULE, {"gradient/unclipped_all": later}).first_step == MEASURED[10]
    at_once.values[1] = 800.0
    assert silent(exploding.RULE, {"gradient/unclipped_all": at_once}), "Adam's steps are no longer for it"


def test_a_high_rate_must_have_done_harm() -> None:
    high = {"update/ratio": curves(0.5), "learning_rate": curves(3.0, 1, np.array([1]))}
    one = found(rate_high.RULE, {"loss": curve(1.4)}, high)
    assert one.first_step == 4
    assert "by 100" in one.remedy
    assert silent(rate_high.RULE, None, high), "it learns all the same"
    alone = curves(5e-3)
    alone.values[0] = 0.2
    assert silent(rate_high.RULE, {"loss": curve(1.4)}, {"update/ratio": alone}), "the first step alone"
    nan = curve(1.4)
    nan.values[50:] = np.nan
    assert found(rate_high.RULE, {"loss": nan}, high).evidence[1].value == "inf"
    one_step, some = curves(5e-3), {"loss": curve(np.r_[np.full(5, 1.386), np.full(STEPS - 5, 1.1)])}
    one_step.values[0] = 0.5
    assert silent(rate_high.RULE, some, {"update/ratio": one_step}), "one large step, some learned"
    assert found(rate_high.RULE, some, high), "large steps, little learned"
    one_step.values[0] = 20.0
    assert found(rate_high.RULE, some, {"update/ratio": one_step}), "nothing left of the first weights"
    assert silent(rate_high.RULE, {"loss": nan}, {"update/ratio": curves(np.nan)}), "nothing shows that it was the rate"


def test_a_low_rate_moves_neither_weights_nor_loss() -> None:
    low = {"update/ratio": curves(3e-6)}
    one = found(rate_low.RULE, {"loss": curve(1.38)}, low)
    assert "by 1000 " in one.remedy
    assert silent(rate_low.RULE, None, low), "the loss falls"
    assert silent(rate_low.RULE, {"loss": curve(1.38)}), "the weights move"
    assert silent(rate_low.RULE, {"loss": curve(1.38)}, low | {"gradient/norm": curves(1e-4)}), "no gradient"
    assert silent(rate_low.RULE, {"loss": curve(0.9)}, low), "it was trained before: careful fine-tuning"


def test_a_rate_that_should_have_fallen() -> None:
    rng = np.random.default_rng(0)
    # A gradient of 10 and steps of 0.3 promise 3, and 13 with a momentum of 0.9, which each step holds together.
    steps = {"gradient/norm_all": curve(10.0, MEASURED), "gradient/unclipped_all": None,
             "update/norm_all": curve(0.3, MEASURED)}  # fmt: skip
    jumping = curve(0.3 + 0.6 * rng.random(STEPS))
    rough = {"loss": jumping} | steps
    fast = {"update/ratio": curves(2e-2)}
    one = found(not_decayed.RULE, rough, fast)
    assert (one.first_step, one.evidence[1].threshold) == (51, NOTHING)
    noisy = {"loss": curve(0.1 + 2.0 * np.repeat(rng.random(10), 10)), "update/norm_all": curve(0.1, MEASURED)}
    assert silent(not_decayed.RULE, rough | noisy, fast), "too noisy to say that it gains next to nothing"
    falls = {"loss": curve(np.linspace(1.7, 0.3, STEPS) + 0.05 * rng.random(STEPS))}
    assert found(not_decayed.RULE, rough | falls, fast), "it falls, but by far less than such steps could"
    assert silent(not_decayed.RULE, rough | falls | {"update/norm_all": curve(0.03, MEASURED)}, fast), "steps that pay"
    plain = fast | {"momentum": curves(0.0, 1, np.array([1]))}
    assert silent(not_decayed.RULE, rough | falls | {"update/norm_all": curve(0.15, MEASURED)}, plain)
    fallen = fast | {"learning_rate": curves([[0.1], [0.001]], 1, np.array([1, 80]))}
    assert silent(not_decayed.RULE, rough, fallen)
    assert silent(not_decayed.RULE, rough, {"update/ratio": curves(1e-3)}), "slow steps"
    assert silent(not_decayed.RULE, rough | {"loss": curve(0.05 * jumping.values)}, fast), "nothing left to gain"
    assert silent(not_decayed.RULE, rough | {"update/norm_all": None}, fast), "the steps were not measured"


def test_weight_decay_must_explain_the_shrinking() -> None:
    shrinking = {"weight/norm_all": curve(np.geomspace(10, 0.1, len(MEASURED)), MEASURED)}
    strong = {"weight_decay": curves(0.5, 1, np.array([1]))}
    one = found(weight_decay.RULE, shrinking, strong)
    # 100 steps of 0.01 x 0.5, ten times over with momentum 0.9
    assert one.evidence[1].value == pytest.approx(5.0)
    assert one.evidence[3].value == MEASURED[np.argmax(np.geomspace(10, 0.1, len(MEASURED)) < 5)]
    assert silent(weight_decay.RULE, shrinking)
    assert silent(weight_decay.RULE, None, strong)


def test_nonfinite_values_name_the_place_that_was_seen_first() -> None:
    loss = curve(1.0)
    loss.values[29:] = np.nan
    told = [
        Event(step=30, time=0.0, name="nonfinite", message="The loss is nan."),
        Event(step=30, time=0.0, name="nonfinite", layer="relu2", message="Not finite: its values before it."),
    ]
    one = found(nonfinite.RULE, {"loss": loss}, events=told)
    assert (one.layer, one.first_step, one.evidence[0].value) == ("relu2", 30, 71)
    late = [told[0], Event(step=31, time=0.0, name="nonfinite", layer="relu2", message=told[1].message)]
    one = found(nonfinite.RULE, {"loss": loss}, events=late)
    assert (one.layer, one.first_step, one.title) == ("", 30, "The loss is not finite")
    assert "not known" in one.cause
    assert "is not finite" not in found(nonfinite.RULE, events=[Event(step=30, time=0.0, name="nonfinite")]).title
    data = [Event(step=31, time=0.0, name="nonfinite", message="Not finite: the training images.")]
    assert "preprocessing" in found(nonfinite.RULE, events=data).cause
    assert found(nonfinite.RULE, {"loss": loss}).title == "The loss is not finite"


def test_collapse_is_more_than_a_frequent_class() -> None:
    one = {"output/top_share": curve(np.r_[0.4, np.full(len(MEASURED) - 1, 0.97)], MEASURED)}
    assert "class 0" in found(collapse.RULE, one).title
    frequent = {"labels/count": curves([950.0, 20.0, 20.0, 10.0], 4)}
    assert silent(collapse.RULE, one, frequent)


def test_one_answer_without_conviction_is_no_collapse_unless_nothing_is_learned() -> None:
    """The outputs of a network that has hardly begun differ less between images than between classes."""
    one = {"output/top_share": curve(np.r_[0.4, np.full(len(MEASURED) - 1, 0.97)], MEASURED)}
    unsure, sure = ({"output/confidence": curve(value, MEASURED)} for value in (0.3, 0.9))
    assert found(collapse.RULE, one | sure)
    assert silent(collapse.RULE, one | unsure)
    assert found(collapse.RULE, one | unsure | {"loss": curve(1.386)})


def test_chance_level_says_since_when() -> None:
    loss = np.full(STEPS, 0.5)
    loss[60:] = 1.39
    assert found(chance_level.RULE, {"loss": curve(loss)}).first_step in range(58, 68)
    assert found(chance_level.RULE, {"loss": curve(1.386)}).first_step == 1
    assert silent(chance_level.RULE, {"loss": curve(np.linspace(1.386, 1.37, STEPS))}), "it begins to fall"
    short = curve(1.386, np.arange(1, 41))
    assert chance_level.RULE.missing(case({"loss": short})) == "60 steps with a loss needed, 40 there"
    squared = Event(step=1, time=0.0, name="loss", names=("MseLoss",))
    assert silent(chance_level.RULE, {"loss": curve(1.386)}, events=[squared])


def test_a_fall_that_weight_decay_alone_would_bring_is_no_learning() -> None:
    creeping = {"loss": curve(np.linspace(1.3866, 1.386, STEPS))}
    assert found(chance_level.RULE, creeping)
    assert silent(chance_level.RULE, {"loss": curve(np.linspace(1.4, 1.375, STEPS))}), "a slow start"


def test_the_one_answer_of_an_untrained_network_is_no_collapse() -> None:
    same = {"output/top_share": curve(0.97, MEASURED)}
    one_class = curves([0.97, 0.01, 0.01, 0.01], CLASSES)
    assert silent(collapse.RULE, same, {"predicted/share": one_class})
    other = curves([0.97, 0.01, 0.01, 0.01], CLASSES)
    other.values[:2] = [0.01, 0.97, 0.01, 0.01]
    assert found(collapse.RULE, same, {"predicted/share": other}).rule == "output-collapse"


def test_overfitting_is_a_gap_that_has_opened() -> None:
    rising = {
        "loss": curve(0.1), "metric/train/accuracy": curve(1.0),
        "metric/val/loss": curve(np.abs(np.linspace(-1, 1, len(MEASURED))) + 0.5, MEASURED),
        "metric/val/accuracy": curve(0.7, MEASURED),
    }  # fmt: skip
    one = found(overfitting.RULE, rising)
    assert abs(one.first_step - MEASURED[len(MEASURED) // 2]) <= 8
    assert silent(overfitting.RULE, rising | {"metric/val/accuracy": curve(0.95, MEASURED)})
    assert silent(overfitting.RULE, rising | {"loss": curve(0.9)})
    slowly = curve(np.abs(np.linspace(-0.06, 0.06, len(MEASURED))) + 0.8, MEASURED)
    assert silent(overfitting.RULE, rising | {"metric/val/loss": slowly}), "hardly worse"
    assert found(overfitting.RULE, rising | {"metric/val/loss": slowly, "loss": curve(0.01)}), "by heart"
    rng = np.random.default_rng(0)
    jumping = curve(0.9 + 0.5 * rng.random(len(MEASURED)), MEASURED)
    jumping.values[3] = 0.85
    near = {"metric/val/accuracy": curve(0.75, MEASURED)}
    assert silent(overfitting.RULE, rising | near | {"metric/val/loss": jumping}), "no more than it jumps by anyway"
    flat = {"loss": curve(0.01), "metric/val/loss": curve(1.2, MEASURED), "metric/val/accuracy": curve(0.6, MEASURED)}
    assert found(overfitting.RULE, rising | flat), "far worse than by heart, and no better any more"
    assert silent(overfitting.RULE, rising | flat | near), "not so far"
    falling = curve(np.geomspace(3.0, 0.8, len(MEASURED)), MEASURED)
    assert silent(overfitting.RULE, rising | {"metric/val/loss": falling}), "best just now"


def test_underfitting_is_a_high_floor_for_both() -> None:
    flat = {"loss": curve(0.8), "metric/val/loss": curve(0.85, MEASURED), "metric/train/accuracy": curve(0.5)}
    assert found(underfitting.RULE, flat).first_step == 51
    assert silent(underfitting.RULE, flat | {"metric/val/loss": curve(2.0, MEASURED)})
    assert silent(underfitting.RULE, flat | {"metric/val/loss": curve(0.5, MEASURED)}), "dropout makes training harder"
    falls = {"loss": curve(np.geomspace(1.4, 0.6, STEPS))}
    assert silent(underfitting.RULE, flat | falls), "it still falls"
    over = {"learning_rate": curves([[0.1], [0.001]], 1, np.array([1, 100]))}
    assert found(underfitting.RULE, flat | falls, over), "but the training is over"
    assert found(underfitting.RULE, flat | {"metric/train/accuracy": curve(0.85)}, over).severity == "hint"
    assert silent(underfitting.RULE, flat | {"metric/train/accuracy": curve(0.95)}), "label smoothing, for example"
    assert found(underfitting.RULE, flat).severity == "warning"
    assert silent(underfitting.RULE, flat | {"metric/train/accuracy": curve(0.85)}), "a lower rate would gain some more"
    assert silent(underfitting.RULE, flat | {"input/images": curve(2000.0, MEASURED)}), "each image was seen twice"


def test_a_momentum_beyond_what_small_batches_bear() -> None:
    high = {"momentum": curves(0.995, 1, np.array([1]))}
    one = found(momentum.RULE, {"loss": curve(1.3)}, high)
    assert "about 200 more" in one.cause
    risen = np.r_[np.full(5, 1.386), np.full(45, 0.4), np.full(50, 0.8)]
    assert found(momentum.RULE, {"loss": curve(risen)}, high).first_step == 1
    rising = {"loss": curve(np.r_[np.full(50, 0.85), np.linspace(0.85, 1.1, 50)])}
    assert found(momentum.RULE, rising, high), "by little, but surely"
    blown = np.r_[np.full(20, 1.3), np.full(80, 9.0)]
    one = found(momentum.RULE, {"loss": curve(blown)}, high)
    assert (one.first_step, one.evidence[-1].value) == (1, 21)
    blown[50:] = np.nan
    assert found(momentum.RULE, {"loss": curve(blown)}, high).evidence[1].value == "inf"
    assert silent(momentum.RULE, None, high), "it learns all the same"
    assert silent(momentum.RULE, {"loss": curve(1.3)}), "the usual momentum"


def test_redundant_neurons_are_named() -> None:
    seen = statistics()
    means = seen.probe.means["relu2"]
    means[:, 4:] = -2 * means[:, :4]  # the other way up is the same again
    one = found(redundant.RULE, seen=seen)
    assert (one.layer, one.neurons, one.evidence[0].value) == ("relu2", (4, 5, 6, 7), 0.5)
    weighing = replace(case(seen=seen), gates=frozenset({"relu2"}))
    assert redundant.RULE.apply(weighing) is None, "gates hardly differ between images"


def test_neurons_of_a_map_that_agree_in_the_mean_alone_do_not_repeat_each_other() -> None:
    """In first layers the mean over a map is mostly how much ink the image has, whatever pattern a neuron is for."""
    seen = statistics()
    means = seen.probe.means["relu2"]
    means[:, 4:] = 2 * means[:, :4]
    sample = np.arange(8 * 4).reshape(8, 4)
    places = {"top_sample": sample, "top_y": sample % 5, "top_x": np.full((8, 4), 2)}
    seen.units["relu2"] = replace(seen.units["relu2"], **places, top_value=np.ones((8, 4)))
    assert silent(redundant.RULE, seen=seen)
    for quantity in places.values():
        quantity[4:, :3] = quantity[:4, :3]  # three of four places in common
    assert found(redundant.RULE, seen=seen).neurons == (4, 5, 6, 7)
    places["top_sample"][:] = -1
    assert silent(redundant.RULE, seen=seen), "nothing is known of where they are strongest"


@given(st.integers(0, 10**6), st.integers(2, 9))
def test_repeated_is_what_pair_by_pair_comparison_says(seed: int, neurons: int) -> None:
    rng = np.random.default_rng(seed)
    source = rng.normal(size=(40, 3))
    means = source[:, rng.integers(0, 3, neurons)] * rng.choice([-2.0, 0.0, 1.0, 3.0], neurons) + rng.normal(
        size=neurons
    )
    kept: list[int] = []
    expected: list[int] = []
    for neuron in range(neurons):
        if np.ptp(means[:, neuron]) < 1e-9:
            continue
        twin = any(abs(np.corrcoef(means[:, neuron], means[:, other])[0, 1]) > redundant.ALIKE for other in kept)
        (expected if twin else kept).append(neuron)
    assert redundant.repeated(means) == tuple(expected)
