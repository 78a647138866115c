"""The figure of selective prediction: how the error falls when the unsure items are declined."""

import numpy as np
from matplotlib.figure import Figure

from helpers.report.figures.style import BLUE, GREY, QUIET, canvas


def risk_coverage(
    coverage: np.ndarray, risk: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Figure:
    """Draw the risk among the items answered against the share answered, [P] each.

    Parameters
    ----------
    coverage, risk, low, high : ndarray
        Of ``metrics.selective.Selective``.

    Returns
    -------
    Figure
        With the risk of answering everything as a line, and what a perfect order would reach.
    """
    figure, axes = canvas(3.2, width=5.6)
    everything = risk[-1]
    perfect = np.maximum(0, coverage - (1 - everything)) / coverage
    axes.fill_between(coverage, low, high, color=BLUE, alpha=0.16, lw=0)
    axes.plot(coverage, risk, color=BLUE, lw=2)
    axes.plot(coverage, perfect, color=GREY, lw=1.2, ls=(0, (4, 2)))
    axes.axhline(everything, color=QUIET, lw=0.9)
    axes.text(0.01, everything, "answering everything", va="bottom", color=QUIET)
    end = 1 - everything - 0.02  # of a perfect order's faultless part, where there is room
    axes.text(max(end, 0.3), 0, "a perfect order", va="bottom", ha="right", color=QUIET)
    axes.set(xlabel="share of the items answered, the surest first", ylabel="error among them")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(1.15 * everything, 1.05 * high[len(high) // 4 :].max()) or 1)
    axes.grid(axis="y")
    return figure
