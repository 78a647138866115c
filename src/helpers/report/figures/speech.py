"""Figures of speech recognition: error rates by utterance, normalisation and noise."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures import style
from helpers.report.figures.style import BLUE, ORANGE, QUIET

HIGHEST = 1.5  # word error rate from which utterances share the last bin


def error_rate_histogram(rates: np.ndarray, value: float, unit: str = "word") -> Figure:
    """Draw the distribution of error rates over utterances [N], and the overall rate."""
    figure, axes = style.canvas(2.6, grid=True)
    rates = np.minimum(rates[np.isfinite(rates)], HIGHEST)
    axes.hist(rates, bins=np.arange(-0.025, HIGHEST + 0.06, 0.05).tolist(), color=BLUE)
    axes.axvline(value, color=ORANGE, lw=1.4)
    top = axes.get_ylim()[1]
    axes.annotate(f" overall {value:.3f}", (value, top), va="top", color=ORANGE)
    axes.set_xlabel(f"{unit} error rate of an utterance (last bar: {HIGHEST:g} and above)")
    axes.set_ylabel("utterances")
    return figure


def error_rate_by_normalisation(table: pd.DataFrame, primary: str, unit: str = "word") -> Figure:
    """Draw the error rate of words or characters, low and high, under each normalisation."""
    label = f"{unit} error rate with 95 % CI; lower is better"
    figure, axes = style.rows(table["normalisation"], label)
    values = table.rename(columns={f"{unit}-error-rate": "value"})
    style.intervals(axes, values, style.colours_where(table["normalisation"] == primary, ORANGE))
    return figure


def noise_curve(table: pd.DataFrame, metric: str) -> Figure:
    """Draw value, low and high against the strength of each kind of noise; row 0: as recorded."""
    figure, axes = style.canvas(3.4, grid=True)
    recorded, changed = table.iloc[:1], table.iloc[1:]
    noises, bands = changed[changed["kind"] != "band"], changed[changed["kind"] == "band"]
    levels = sorted(noises["strength"].unique(), reverse=True)
    _estimates(axes, np.zeros(1), recorded, QUIET, "o")
    kinds = noises.groupby("kind", sort=False)
    for (kind, rows), colour in zip(kinds, (BLUE, ORANGE), strict=False):
        rows = pd.concat([recorded, rows.sort_values("strength", ascending=False)])
        x = np.array([0, *(1 + levels.index(level) for level in rows["strength"].iloc[1:])])
        x = x + (0.04 if colour == ORANGE else 0)
        _estimates(axes, x, rows, colour, "o-")
        end = (x[-1], rows["value"].iloc[-1])
        axes.annotate(f"  {kind}", end, va="center", color=colour)
    for position, band in enumerate(range(len(bands)), 1 + len(levels)):
        _estimates(axes, np.array([position]), bands.iloc[[band]], QUIET, "s")
    names = ["as recorded", *(f"{level:g} dB" for level in levels)]
    names += [f"{strength:g} Hz" for strength in bands["strength"]]
    axes.set_xticks(range(len(names)), names)
    axes.set_xlabel("signal-to-noise ratio (dB), or sampling rate of a narrower band (Hz)")
    axes.set_ylabel(f"{metric_name(metric)}, 95 % CI")
    axes.set_ylim(bottom=0)
    axes.margins(x=0.12)
    return figure


def _estimates(axes: Axes, x: np.ndarray, rows: pd.DataFrame, colour: str, mark: str) -> None:
    values = rows[["value", "low", "high"]].to_numpy(float)
    axes.vlines(x, values[:, 1], values[:, 2], color=colour, lw=1.6)
    axes.plot(x, values[:, 0], mark, color=colour, lw=1.2, ms=5)
