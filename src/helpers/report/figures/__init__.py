"""Figures of the notebooks: one quiet style, direct labels, intervals drawn, colour-blind safe."""

from helpers.report.figures.classification import confusion, per_class, reliability, slice_intervals
from helpers.report.figures.comparison import (
    bars,
    cost_quality,
    differences,
    every_pair,
    leaderboard,
)
from helpers.report.figures.conditions import circumstances
from helpers.report.figures.data import class_balance, gallery, sizes
from helpers.report.figures.multiple_studies import critical_difference, posterior
from helpers.report.figures.robustness import robustness, shift
from helpers.report.figures.seeds import seed_spread
from helpers.report.figures.selection import actual_order, agreement, race, ranks
from helpers.report.figures.selective_prediction import risk_coverage
from helpers.report.figures.speech import durations, error_spread, noise_curve, normalisations
from helpers.report.figures.style import show
from helpers.report.figures.texts import lengths
from helpers.report.figures.training import choice_curve, history

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
