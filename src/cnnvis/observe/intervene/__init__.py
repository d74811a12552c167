"""Intervene: set neurons to a value while the network runs, and measure what that takes away (design: intervene)."""

from cnnvis.observe.intervene.intervention import Intervention
from cnnvis.observe.intervene.measure import Experiment, Measured, Scoring, measure

__all__ = ["Experiment", "Intervention", "Measured", "Scoring", "measure"]
