"""What a report holds of a recorded training: its curves, its layers over the steps and its findings."""

from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from cnnvis.schema.training import CurveFacts, TrainingScene
from cnnvis.schema.typed import decode_json
from cnnvis.serve.report.answers import Answers, key_of

CURVE_BUCKETS, LAYER_BUCKETS = 1000, 400
"""Spans of steps of which a report knows the extremes: finer than a plot on a screen, for all steps at once. The page
asks with the same numbers (web/src/api/heldTraining.ts)."""
GOES_ON = "still going on when this report was made"


def training_answers(answers: Answers, run: str, snapshot: int) -> dict[str, bytes]:
    """Return what a page without a server draws a training from.

    Args:
        answers: Where it comes from.
        run: Address of the run below ``api/``.
        snapshot: Step of the snapshot that the report is of, the only one that it tells of.

    Raises:
        CnnvisError: The series cannot be read.

    """
    base = f"{run}/training"
    scene = decode_json(answers.get(base).data, TrainingScene)
    told = replace(
        scene,
        snapshots=tuple(step for step in scene.snapshots if step == snapshot),
        complete=True,
        ended=scene.ended if scene.complete else GOES_ON,
    )
    asked = [
        f"{base}/findings",
        *(f"{base}/curves?{_curves(plot.curves)}" for plot in scene.plots),
        *(f"{base}/layers?{urlencode({'buckets': LAYER_BUCKETS, 'row': row.id})}" for row in scene.rows),
    ]
    return {key_of(base): msgspec.json.encode(told)} | {key_of(one): answers.get(one).data for one in asked}


def _curves(curves: tuple[CurveFacts, ...]) -> str:
    return urlencode([("buckets", CURVE_BUCKETS), *(("curve", f"{each.place}:{each.name}") for each in curves)])
