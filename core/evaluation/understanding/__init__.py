"""How well messages of real people are read: titles, verdicts, intents, bounds and acts, data set by data set."""

from core.evaluation.understanding.measuring import Plan, measure

__all__ = ["Plan", "measure"]
