"""Diagnose: a recorded training in, named findings with evidence, cause and remedy out."""

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.diagnose import diagnose
from cnnvis.analysis.diagnose.registry import RULES

__all__ = ["RULES", "Case", "diagnose"]
