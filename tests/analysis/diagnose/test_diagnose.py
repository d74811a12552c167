"""Rules are applied, and symptoms go under what explains them."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnnvis.analysis.diagnose import RULES, diagnose
from cnnvis.analysis.diagnose.diagnose import FEWEST_STEPS, fold
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.findings import SEVERITIES, Finding
from tests.making import training
from tests.making.training import case, curve, without_snapshot

NAMES = tuple("abcdefg")


def finding(name: str, step: int = 0, severity: str = "error") -> Finding:
    one = evidence("loss", "a number", 1.0)
    return Finding(
        rule=name, title=name, severity=severity, first_step=step, evidence=(one,), cause="", remedy=""  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def rules(explains: dict[str, frozenset[str]]) -> list[Rule]:
    return [
        Rule(name=name, title=name, severity="error", check=lambda _: None, explains=tuple(sorted(explains[name])))
        for name in NAMES
    ]


def shape(found: Finding) -> tuple[object, ...]:
    return found.rule, frozenset(shape(symptom) for symptom in found.symptoms)


def slow_fold(found: list[Finding], known: list[Rule]) -> set[tuple[object, ...]]:
    """Each finding's cause is the first rule's among those that explain it and began before it; then build the tree."""
    explains = {rule.name: rule.explains for rule in known}

    def before(one: Finding, other: Finding) -> bool:
        if one.first_step != other.first_step:
            return one.first_step < other.first_step
        return NAMES.index(one.rule) < NAMES.index(other.rule)

    def cause(one: Finding) -> Finding | None:
        fit = [other for other in found if one.rule in explains[other.rule] and before(other, one)]
        return min(fit, key=lambda other: NAMES.index(other.rule), default=None)

    def tree(one: Finding) -> tuple[object, ...]:
        return one.rule, frozenset(tree(other) for other in found if cause(other) is one)

    return {tree(one) for one in found if cause(one) is None}


EXPLAINS = st.fixed_dictionaries({name: st.frozensets(st.sampled_from(NAMES)) for name in NAMES})
FOUND = st.lists(st.builds(finding, st.sampled_from(NAMES), st.integers(0, 3)), unique_by=lambda one: one.rule)


@given(EXPLAINS, FOUND)
def test_folding_is_what_the_slow_version_says(explains: dict[str, frozenset[str]], found: list[Finding]) -> None:
    known = rules(explains)
    assert {shape(one) for one in fold(found, known)} == slow_fold(found, known)
    assert fold(found, known) == fold(found[::-1], known)


def test_the_worst_stands_first_and_nothing_is_lost() -> None:
    known = rules(dict.fromkeys(NAMES, frozenset[str]()))
    found = [finding("a", severity="hint"), finding("b", severity="error"), finding("c", severity="warning")]
    assert [one.rule for one in fold(found, known)] == ["b", "c", "a"]


def test_a_symptom_that_began_earlier_stands_by_itself() -> None:
    known = rules(dict.fromkeys(NAMES, frozenset[str]()) | {"a": frozenset("b")})
    assert len(fold([finding("a", 5), finding("b", 4)], known)) == 2
    assert len(fold([finding("a", 5), finding("b", 6)], known)) == 1


def test_a_sound_training_has_no_findings_and_names_all_rules() -> None:
    found = diagnose(case())
    assert found.findings == ()
    assert found.rules == tuple(rule.name for rule in RULES)
    assert found.steps == training.STEPS
    assert found.notes == ()


def test_what_cannot_be_judged_is_said() -> None:
    bare = without_snapshot(case({"loss": None, "metric/val/loss": None}))
    assert [note.split(":")[0] for note in diagnose(bare).notes] == [
        "No loss was handed over", "No validation loss was handed over", "There is no snapshot",
    ]  # fmt: skip
    few = training.EVERY[: FEWEST_STEPS - 1]
    gone = dict.fromkeys(case().series.run) | {"loss": curve(1.0, few)}
    short = case(gone, dict.fromkeys(case().series.lists))
    assert diagnose(short).notes[0].startswith(f"Only {len(few)} steps were recorded")


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
