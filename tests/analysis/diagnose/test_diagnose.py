"""Rules are applied, and symptoms go under what explains them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.diagnose import RULES, diagnose
from cnnvis.analysis.diagnose.diagnose import SLACK, fold
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.findings import SEVERITIES, Finding
from cnnvis.schema.series import Curve, Curves
from tests.making import training
from tests.making.training import case, curve, without_snapshot

NAMES = tuple("abcdefg")


def finding(name: str, step: int = 0, severity: str = "error") -> Finding:
    one = evidence("loss", "a number", 1.0)
    return Finding(
        rule=name, title=name, severity=severity, first_step=step, evidence=(one,), cause="", remedy=""  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


Kinds = dict[str, tuple[bool, bool, bool]]
"""Per rule whether it is an outcome, a symptom of every cause, and a cause."""


def rules(explains: dict[str, frozenset[str]], kinds: Kinds | None = None) -> list[Rule]:
    chosen = kinds or dict.fromkeys(NAMES, (False, False, True))
    return [
        Rule(
            name=name, title=name, severity="error", check=lambda _: None, explains=tuple(sorted(explains[name])),
            outcome=chosen[name][0], of_any=chosen[name][1], causes=chosen[name][2],
        )
        for name in NAMES
    ]  # fmt: skip


def shape(found: Finding) -> tuple[object, ...]:
    return found.rule, frozenset(shape(symptom) for symptom in found.symptoms)


def within(name: str, top: str, under: dict[str, str]) -> bool:
    """Whether a finding is, or lies somewhere below, another."""
    while name != top:
        if name not in under:
            return False
        name = under[name]
    return True


def slow_fold(found: list[Finding], known: list[Rule]) -> set[tuple[object, ...]]:
    """Build the tree finding by finding, in the rules' order: each goes under the first that may be its cause."""
    by_name = {rule.name: rule for rule in known}
    under: dict[str, str] = {}

    def may_be(cause: Finding, one: Finding) -> bool:
        rule, other = by_name[one.rule], by_name[cause.rule]
        any_cause = rule.of_any and other.causes and not other.outcome and cause.severity in {"warning", "error"}
        if any_cause:
            return True
        if one.rule not in other.explains:
            return False
        if rule.outcome and not other.outcome:
            return True
        upstream = NAMES.index(cause.rule) < NAMES.index(one.rule)
        return cause.first_step <= SLACK * one.first_step if upstream else SLACK * cause.first_step < one.first_step

    ordered = sorted(found, key=lambda one: NAMES.index(one.rule))
    for one in ordered:
        fit = [cause.rule for cause in ordered if may_be(cause, one) and not within(cause.rule, one.rule, under)]
        if fit:
            under[one.rule] = fit[0]

    def tree(name: str) -> tuple[object, ...]:
        return name, frozenset(tree(other) for other, cause in under.items() if cause == name)

    return {tree(one.rule) for one in found if one.rule not in under}


EXPLAINS = st.fixed_dictionaries({name: st.frozensets(st.sampled_from(NAMES)) for name in NAMES})
KINDS = st.fixed_dictionaries({name: st.tuples(st.booleans(), st.booleans(), st.booleans()) for name in NAMES})
FOUND = st.lists(
    st.builds(finding, st.sampled_from(NAMES), st.integers(0, 30), st.sampled_from(SEVERITIES)),
    unique_by=lambda one: one.rule,
)


@given(EXPLAINS, KINDS, FOUND)
def test_folding_is_what_the_slow_version_says(
    explains: dict[str, frozenset[str]], kinds: Kinds, found: list[Finding]
) -> None:
    known = rules(explains, kinds)
    assert {shape(one) for one in fold(found, known)} == slow_fold(found, known)
    assert fold(found, known) == fold(found[::-1], known)


@given(EXPLAINS, KINDS, FOUND)
def test_nothing_is_lost(explains: dict[str, frozenset[str]], kinds: Kinds, found: list[Finding]) -> None:
    def names(one: Finding) -> list[str]:
        return [one.rule, *(inner for symptom in one.symptoms for inner in names(symptom))]

    tops = fold(found, rules(explains, kinds))
    assert sorted(name for top in tops for name in names(top)) == sorted(one.rule for one in found)


def test_the_worst_stands_first_and_nothing_is_lost() -> None:
    known = rules(dict.fromkeys(NAMES, frozenset[str]()))
    found = [finding("a", severity="hint"), finding("b", severity="error"), finding("c", severity="warning")]
    assert [one.rule for one in fold(found, known)] == ["b", "c", "a"]


def test_a_symptom_that_began_clearly_earlier_stands_by_itself() -> None:
    """Layers are measured at some steps only: a cause may show a little later than its symptom in the loss."""
    known = rules(dict.fromkeys(NAMES, frozenset[str]()) | {"a": frozenset("b")})
    assert len(fold([finding("a", 60), finding("b", 40)], known)) == 2
    assert len(fold([finding("a", 50), finding("b", 40)], known)) == 1
    assert len(fold([finding("a", 5), finding("b", 6)], known)) == 1


OUTCOMES = {"chance-level", "output-collapse", "underfitting", "redundant-neurons"}


def test_a_loss_at_chance_level_is_never_beside_a_known_cause() -> None:
    """With a learning rate of 3 the collapse of the untrained network began before everything else."""
    by_name = {rule.name: rule for rule in RULES}
    for cause in RULES:
        found = [finding(cause.name, 200), finding("chance-level", 1)]
        tops = [one.rule for one in fold(found, RULES)]
        if cause.causes and cause.name not in OUTCOMES:
            assert tops == [cause.name]
    assert {rule.name for rule in RULES if rule.outcome} == OUTCOMES
    assert {rule.name for rule in RULES if not rule.causes and not rule.outcome} == {
        "data-leakage", "overfitting", "learning-rate-not-decayed",
    }  # fmt: skip
    high = [finding("learning-rate-high", 2), finding("output-collapse", 1), finding("chance-level", 1)]
    (top,) = fold(high, RULES)
    assert {one.rule for one in top.symptoms} == {"output-collapse", "chance-level"}
    assert by_name["chance-level"].of_any


def test_a_sound_training_has_no_findings_and_names_all_rules() -> None:
    found = diagnose(case())
    assert found.findings == ()
    assert found.rules == tuple(rule.name for rule in RULES)
    assert found.steps == training.STEPS
    assert found.measured == len(training.MEASURED)
    assert [(one.rule, one.reason) for one in found.not_judged] == [("label-noise", "6 classes needed, 4 there")]
    assert found.notes == ()


def test_what_cannot_be_judged_is_said() -> None:
    bare = without_snapshot(case({"loss": None, "metric/val/loss": None}))
    found = diagnose(bare)
    reasons = {one.rule: one.reason for one in found.not_judged}
    assert reasons["overfitting"] == "6 validation losses needed, 0 there"
    assert reasons["label-noise"] == "60 steps with a loss needed, 0 there"
    assert reasons["redundant-neurons"] == "no snapshot there"
    assert reasons["chance-level"] == "60 steps with a loss needed, 0 there"
    assert found.notes == ("No loss was handed over.",)
    assert "dead-relu" not in reasons


def test_with_five_measured_steps_most_rules_do_not_judge() -> None:
    """At step 5 of 80 a layer that is dead has not been silent for long, and what came later was not seen."""
    early = np.arange(1, 6)
    sound = case()
    lists = {name: curves_at(values, early) for name, values in sound.series.lists.items()}
    run = {name: curve_at(values, early) for name, values in sound.series.run.items() if len(values.steps) < 100}
    found = diagnose(case(run, lists))
    assert found.measured == 5
    reasons = {one.rule: one.reason for one in found.not_judged}
    assert reasons["dead-relu"] == "8 measured steps needed, 5 there"
    assert reasons["saturation"] == "layers were last measured at step 5 of 100"


def curves_at(values: Curves, steps: np.ndarray) -> Curves:
    return Curves(steps=steps, values=np.resize(values.values, (len(steps), values.values.shape[1])))


def curve_at(values: Curve, steps: np.ndarray) -> Curve:
    return Curve(steps=steps, values=np.resize(values.values, len(steps)))


def test_rules_have_distinct_names_and_explain_only_each_other() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert set(rule.explains) <= set(names) - {rule.name}, rule.name
        assert rule.severity in SEVERITIES


def test_every_rule_is_described_in_the_reference() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| `{rule.name}` |" in page, rule.name


def test_a_rule_fills_in_what_a_check_leaves_open() -> None:
    found = Found(evidence=(evidence("loss", "a number", float("inf"), 2.0),), cause="c.", remedy="r.", layer="relu1")
    rule = Rule(name="a", title="It is so", severity="hint", check=lambda _: found)
    made = rule.apply(case())
    assert made is not None
    assert (made.title, made.severity, made.layers, made.last_step) == ("It is so", "hint", ("relu1",), training.STEPS)
    assert (made.evidence[0].value, made.evidence[0].threshold) == ("inf", 2.0)
    assert Rule(name="b", title="", severity="hint", check=lambda _: None).apply(case()) is None


def test_the_same_training_gives_the_same_findings() -> None:
    loud = case({"loss": curve(1.4)}, {"update/ratio": training.curves(1e-6)})
    first, second = diagnose(loud), diagnose(loud)
    assert first == second
    severities = [SEVERITIES.index(one.severity) for one in first.findings]
    assert all(one >= other for one, other in pairwise(severities))
