"""What a rule needs to have seen before it can judge: one that lacks something says so, instead of finding nothing."""

from collections.abc import Callable

from cnnvis.analysis.diagnose.case import Case

Need = Callable[[Case], str]
"""Returns what is missing, as in `4 measured steps needed, 2 there`; nothing when all is there."""


def steps(count: int) -> Need:
    """Need so many steps."""
    return lambda case: _counted(case.last_step, count, "step")


def losses(count: int) -> Need:
    """Need the loss of so many steps."""
    return lambda case: _counted(len(case.loss.steps), count, "step with a loss", "steps with a loss")


def measured(count: int) -> Need:
    """Need so many steps that were measured layer by layer."""
    return lambda case: _counted(case.measured, count, "measured step")


def recent(case: Case) -> str:
    """Need a measured step in the last quarter of the training."""
    last = case.last_measured
    return "" if last >= case.late_from else f"layers were last measured at step {last:,} of {case.last_step:,}"


def validations(count: int) -> Need:
    """Need so many validation losses."""
    return lambda case: _counted(
        len(case.metric("validation", "loss").steps), count, "validation loss", "validation losses"
    )


def epochs(case: Case) -> str:
    """Need to know how often each image was seen."""
    return "" if case.epochs > 0 else "no training image was recognised when it came again"


def labels(per_class: int) -> Need:
    """Need so many labels per class, on average, that could be read from the loss's gradient."""

    def missing(case: Case) -> str:
        counts = case.series.lists.get("labels/count")
        seen = 0.0 if counts is None or not len(counts.steps) else float(counts.values[-1].sum())
        if not seen:
            return "no labels could be read from the loss's gradient"
        needed = per_class * max(2, case.classes)
        return "" if seen >= needed else f"{needed:,} labels needed, {seen:,.0f} read"

    return missing


def loss_functions(case: Case) -> str:
    """Need to know which operations the loss came from."""
    return "" if case.loss_functions else "the loss was not handed over as the tensor that it is"


def scaler(case: Case) -> str:
    """Need the loss's scaler, where the training computes in float16."""
    unknown = len(case.run("scale/unknown").steps) and not len(case.run("scale/value").steps)
    return "the training computes in float16, and its GradScaler was not handed over (scaler=)" if unknown else ""


def snapshot(case: Case) -> str:
    """Need a snapshot."""
    return "" if case.statistics is not None else "no snapshot there"


def _counted(there: int, needed: int, one: str, many: str = "") -> str:
    if there >= needed:
        return ""
    return f"{needed} {one if needed == 1 else many or one + 's'} needed, {there} there"
