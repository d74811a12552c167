"""Parameters that the training cannot change: frozen, disconnected from the loss, or forgotten by the optimizer."""

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence
from cnnvis.schema.findings import Severity

_REMEDIES = {
    "without_gradient": (
        "No gradient reaches them: the path from the loss is cut behind this layer, by detach(), no_grad(), .data or "
        "because their output is not used.",
        "Look for what cuts the graph right behind this layer and remove it, or remove the unused layer.",
    ),
    "unoptimized": (
        "They ask for a gradient but belong to no optimizer, often because the layer was added or replaced after the "
        "optimizer was made.",
        "Make the optimizer after the model is complete, or add them with optimizer.add_param_group.",
    ),
    "frozen": (
        "They ask for no gradient (requires_grad is False).",
        "Nothing to do when that is meant, as in fine-tuning; else set requires_grad to True before the optimizer is "
        "made.",
    ),
}


def check(case: Case) -> Found | None:
    """Look at the parameters that were named in the head and in the last event about gradients."""
    named = next((event for event in reversed(case.series.events) if event.name == "parameters"), None)
    head = case.series.head
    groups: tuple[tuple[str, tuple[str, ...], int, Severity], ...] = (
        ("without_gradient", () if named is None else named.names, 0 if named is None else named.step, "error"),
        ("unoptimized", head.unoptimized, 0, "error"),
        ("frozen", head.frozen, 0, "hint"),
    )
    for kind, names, step, severity in groups:
        if not names:
            continue
        places = case.weight_units(set(names))
        # A cut graph starves everything before it, so the last starved unit is where to look.
        first = (places[-1] if kind == "without_gradient" else places[0]) if places else None
        cause, remedy = _REMEDIES[kind]
        tensors = "parameter tensor" if len(names) == 1 else "parameter tensors"
        listed = ", ".join(names[:4]) + (" ..." if len(names) > 4 else "")
        return Found(
            severity=severity,
            title=f"{len(names)} {tensors} {'is' if len(names) == 1 else 'are'} not trained",
            layer="" if first is None else case.units[first],
            layers=tuple(case.units[place] for place in places),
            first_step=step,
            evidence=(evidence(f"parameters/{kind}", f"{tensors}: {listed}", len(names), 0),),
            cause=cause,
            remedy=remedy,
        )
    return None


RULE = Rule(
    name="untrained-parameters",
    title="Some parameters are not trained",
    severity="error",
    check=check,
    needs=(needs.measured(1),),
    explains=(
        "underfitting", "chance-level", "label-noise", "output-collapse", "vanishing-gradient",
        "learning-rate-not-decayed",
    ),
)  # fmt: skip
