"""Figures of the notebooks: one quiet style, direct labels, intervals drawn, colour-blind safe."""

from helpers.figures.across import critical_difference, posterior
from helpers.figures.beyond import robustness, shift
from helpers.figures.circumstances import circumstances
from helpers.figures.comparison import (
    bars,
    cost_quality,
    differences,
    every_pair,
    leaderboard,
)
from helpers.figures.data import class_balance, gallery, sizes
from helpers.figures.learning import choice_curve, history
from helpers.figures.quality import confusion, per_class, reliability, slice_intervals
from helpers.figures.seeds import seed_spread
from helpers.figures.selection import actual_order, agreement, race, ranks
from helpers.figures.selective import risk_coverage
from helpers.figures.speech import durations, error_spread, noise_curve, normalisations
from helpers.figures.style import show
from helpers.figures.texts import lengths

__all__ = [
    "actual_order",
    "agreement",
    "bars",
    "choice_curve",
    "circumstances",
    "class_balance",
    "confusion",
    "cost_quality",
    "critical_difference",
    "differences",
    "every_pair",
    "gallery",
    "history",
    "leaderboard",
    "lengths",
    "per_class",
    "posterior",
    "race",
    "ranks",
    "reliability",
    "risk_coverage",
    "seed_spread",
    "durations",
    "error_spread",
    "noise_curve",
    "normalisations",
    "robustness",
    "shift",
    "show",
    "sizes",
    "slice_intervals",
]
