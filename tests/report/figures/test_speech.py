"""Figures of speech recognition."""

import numpy as np
import pandas as pd

from helpers.report import figures


def test_unchanged_recordings_are_drawn_even_beside_a_band_alone():
    rows = [("as recorded", "", np.inf, 0.1, 0.05, 0.2), ("band", "band", 8000, 0.3, 0.2, 0.4)]
    columns = ["condition", "kind", "strength", "value", "low", "high"]
    figure = figures.noise_curve(pd.DataFrame(rows, columns=columns), "word-error-rate")
    drawn = [tuple(float(each[0]) for each in line.get_data()) for line in figure.axes[0].lines]
    assert drawn == [(0, 0.1), (1, 0.3)]


def test_rates_above_the_last_bar_are_counted_in_it():
    rates = np.array([0.0, 0.5, 2.0, 40.0, np.nan])
    [axes] = figures.error_rate_histogram(rates, 0.6).axes
    heights = [patch.get_height() for patch in axes.patches]
    assert sum(heights) == 4 and heights[-1] == 2
