"""Figures of speech: how long recordings are, how errors are spread, what noise does."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    QUIET,
    by_row,
    canvas,
    intervals,
    logarithmic,
)
from helpers.report.figures.style import rows as height

BINS = 40


def durations(seconds: np.ndarray) -> Figure:
    """Draw how many recordings have which length in seconds [N], with the median marked."""
    import seaborn

    figure, axes = canvas(2.4, width=5.2)
    seconds = np.maximum(seconds, 0.01)
    ends = np.geomspace(seconds.min(), seconds.max() * 1.01, BINS)
    seaborn.histplot(x=seconds, bins=ends, color=BLUE, alpha=0.8, linewidth=0, ax=axes)
    median = float(np.median(seconds))
    axes.axvline(median, color=INK, lw=1)
    place = (median, axes.get_ylim()[1])
    axes.annotate(f" median {median:.1f} s", place, va="top", color=INK)
    logarithmic(axes)
    axes.set(xlabel="seconds", ylabel="recordings")
    return figure


def error_spread(rates: np.ndarray, value: float) -> Figure:
    """Draw how many utterances have which word error rate [N], and the rate of all together."""
    figure, axes = canvas(2.6)
    known = np.minimum(rates[np.isfinite(rates)], 1.5)
    axes.hist(known, bins=np.arange(-0.025, 1.56, 0.05), color=BLUE)
    axes.axvline(value, color=ORANGE, lw=1.4)
    place = (value, axes.get_ylim()[1])
    axes.annotate(f" all together {value:.3f}", place, va="top", color=ORANGE)
    axes.set(xlabel="word error rate of an utterance (1.5 and more in one)", ylabel="utterances")
    axes.grid(axis="y")
    return figure


def normalisations(table: pd.DataFrame, primary: str) -> Figure:
    """Draw the word error rate under each normalisation with its interval.

    Parameters
    ----------
    table : DataFrame
        Columns normalisation, word-error-rate, low, high.
    primary : str
        The normalisation that counts, in colour.
    """
    figure, axes = canvas(height(len(table)))
    values = table.rename(columns={"word-error-rate": "value"})
    intervals(axes, values, np.where(table["normalisation"] == primary, ORANGE, GREY))
    by_row(axes, table["normalisation"])
    axes.set_xlabel("word error rate with its 95 % interval")
    return figure


def noise_curve(table: pd.DataFrame, metric: str) -> Figure:
    """Draw a rate against the strength of noise, one line a kind, and as recorded at the left.

    Parameters
    ----------
    table : DataFrame
        Columns condition, kind, strength, value, low, high; the first row as recorded.
    metric : str
        Name of the rate.
    """
    figure, axes = canvas(3.4)
    recorded, worse = table.iloc[0], table.iloc[1:]
    noises = worse[worse["kind"] != "band"]
    levels = sorted(noises["strength"].unique(), reverse=True)
    names = ["as recorded", *(f"{level:g} dB" for level in levels)]
    axes.vlines(0, recorded["low"], recorded["high"], color=QUIET, lw=1.6)
    axes.plot(0, recorded["value"], "o", color=QUIET, ms=5)
    for (kind, rows), colour in zip(
        noises.groupby("kind", sort=False), (BLUE, ORANGE), strict=False
    ):
        rows = rows.sort_values("strength", ascending=False)
        at = np.array([0, *(1 + levels.index(level) for level in rows["strength"])])
        at = at + (0.04 if colour == ORANGE else 0)
        values = np.array(
            [recorded[["value", "low", "high"]], *rows[["value", "low", "high"]].values]
        )
        values = values.astype(float)
        axes.vlines(at, values[:, 1], values[:, 2], color=colour, lw=1.6)
        axes.plot(at, values[:, 0], "o-", color=colour, lw=1.2, ms=5)
        axes.annotate(f"  {kind}", (at[-1], values[-1, 0]), va="center", color=colour)
    for _, row in worse[worse["kind"] == "band"].iterrows():
        names.append(f"{row['strength']:g} Hz")
        at = len(names) - 1
        axes.vlines(at, row["low"], row["high"], color=QUIET, lw=1.6)
        axes.plot(at, row["value"], "s", color=QUIET, ms=5)
    axes.set_xticks(range(len(names)), names)
    axes.set(xlabel="signal-to-noise ratio; a band's sampling rate", ylabel=metric_name(metric))
    axes.set_ylim(bottom=0)
    axes.margins(x=0.12)
    axes.grid(axis="y")
    return figure
