"""A rectifier on the logits: a class that falls to 0 gets no gradient any more."""

from cnnvis.analysis.diagnose import needs
from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.rule import Found, Rule, evidence

SHARE = 0.01


def check(case: Case) -> Found | None:
    """Look whether no output is ever below 0 and some are exactly 0."""
    least, zero = case.run("output/minimum").values, case.run("output/zero").values
    if not len(least) or float(least.min()) < 0.0 or float(zero.max()) <= SHARE:
        return None
    return Found(
        layer=case.graph.output or "",
        first_step=int(case.run("output/minimum").steps[0]),
        evidence=(
            evidence("output/zero", "share of outputs that are exactly 0", float(zero.max()), SHARE),
            evidence("output/minimum", "least output", float(least.min()), 0),
        ),
        cause="The network ends in a ReLU, which holds the outputs at 0 or above and takes their gradient there.",
        remedy="Remove the activation behind the last layer.",
    )


RULE = Rule(
    name="rectified-logits",
    title="The logits go through a ReLU",
    severity="error",
    check=check,
    needs=(needs.measured(2),),
    explains=("dead-relu", "chance-level", "underfitting", "output-collapse", "label-noise", "learning-rate-low",
              "vanishing-gradient"),
)  # fmt: skip
