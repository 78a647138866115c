"""Figures of the notebooks: one quiet style, direct labels, intervals drawn, colour-blind safe."""

from helpers.figures.comparison import bars, cost_quality, differences, leaderboard
from helpers.figures.data import class_balance, gallery, sizes
from helpers.figures.learning import choice_curve, history
from helpers.figures.quality import confusion, per_class, reliability, slice_intervals
from helpers.figures.style import show
from helpers.figures.texts import lengths

__all__ = [
    "bars",
    "choice_curve",
    "class_balance",
    "confusion",
    "cost_quality",
    "differences",
    "gallery",
    "history",
    "leaderboard",
    "lengths",
    "per_class",
    "reliability",
    "show",
    "sizes",
    "slice_intervals",
]
