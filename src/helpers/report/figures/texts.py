"""Figures of texts: how long they are."""

import numpy as np
from matplotlib.figure import Figure

from helpers.report.figures.style import BLUE, INK, canvas, logarithmic

BINS = 40


def lengths(counts: np.ndarray, unit: str) -> Figure:
    """Draw how many texts have which length, on a logarithmic scale, with the median marked.

    Parameters
    ----------
    counts : ndarray
        int [N], at least 1 each.
    unit : str
        What is counted, such as ``words``.
    """
    import seaborn

    figure, axes = canvas(2.4, width=5.2)
    ends = np.geomspace(max(1, counts.min()), max(2, counts.max() + 1), BINS)
    ends = np.unique(np.round(ends))
    seaborn.histplot(x=counts, bins=ends, color=BLUE, alpha=0.8, linewidth=0, ax=axes)
    median = float(np.median(counts))
    axes.axvline(median, color=INK, lw=1)
    place = (median, axes.get_ylim()[1])
    axes.annotate(f" median {median:,.0f}", place, va="top", color=INK)
    logarithmic(axes)
    axes.set(xlabel=unit, ylabel="texts")
    return figure
