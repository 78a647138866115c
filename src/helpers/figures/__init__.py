"""Figures of the notebooks: one quiet style, direct labels, intervals drawn, colour-blind safe."""

from helpers.figures.comparison import bars, cost_quality, differences, leaderboard
from helpers.figures.data import class_balance, gallery, sizes
from helpers.figures.learning import choice_curve, history
from helpers.figures.quality import confusion, per_class, reliability, slice_intervals
from helpers.figures.selection import actual_order, agreement, race, ranks
from helpers.figures.style import show

__all__ = [
    "actual_order",
    "agreement",
    "bars",
    "choice_curve",
    "class_balance",
    "confusion",
    "cost_quality",
    "differences",
    "gallery",
    "history",
    "leaderboard",
    "per_class",
    "race",
    "ranks",
    "reliability",
    "show",
    "sizes",
    "slice_intervals",
]
