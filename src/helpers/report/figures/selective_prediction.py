"""Selective prediction: the error rate when the least confident items are declined."""

import numpy as np
from matplotlib.figure import Figure

from helpers.report.figures import style
from helpers.report.figures.palette import BLUE, GREY, QUIET


def risk_coverage(
    coverage: np.ndarray, risk: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Figure:
    """Draw the risk-coverage curve, float [P] each, with the full risk and an ideal ranking."""
    figure, axes = style.canvas(3.2, width=5.6, grid=True)
    full_risk = risk[-1]
    ideal = np.maximum(0, coverage - (1 - full_risk)) / coverage
    axes.fill_between(coverage, low, high, color=BLUE, alpha=0.16, lw=0)
    axes.plot(coverage, risk, color=BLUE, lw=2)
    axes.plot(coverage, ideal, color=GREY, lw=1.2, ls=(0, (4, 2)))
    axes.axhline(full_risk, color=QUIET, lw=0.9)
    axes.text(0.01, full_risk, "all items answered", va="bottom", color=QUIET)
    end = 1 - full_risk - 0.02  # the ideal curve is 0 up to here, which leaves room for its name
    axes.text(max(end, 0.3), 0, "ideal ranking", va="bottom", ha="right", color=QUIET)
    axes.set(xlabel="coverage: share of items answered, most confident first", xlim=(0, 1))
    axes.set_ylabel("error rate on these items")
    axes.set_ylim(0, max(1.15 * full_risk, 1.05 * high[len(high) // 4 :].max()) or 1)
    return figure
