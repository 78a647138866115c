"""Intervals of the error rates of transcripts, over the corpus and by slice."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.slices import Slices, Sums, divide
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.ratio_intervals import highest, ratio_intervals
from helpers.metrics.word_error_rate import (
    CAPPED,
    COLUMNS,
    lost,
    reference_words,
    with_capped,
)


def estimates(table: NDArray, resampling: Resampling = DEFAULT) -> dict[str, Estimate]:
    """Estimate every rate of ``word_error_rate.table`` [N, 10], or of its edits [N, 8], at once.

    The upper limit of a capped rate allows for half an utterance of which nothing is right: most
    samples miss the rare one that is made up.
    """
    every, table = registry.functions("edits"), with_capped(table)
    rates = ratio_intervals(table, every, resampling)
    for name in CAPPED:
        if np.isfinite(rates[name].high):
            high = highest(table, every[name], lost(table) / 2, resampling)
            rates[name] = replace(rates[name], high=max(rates[name].high, high))
    return {name: rate.capped(registry.METRICS[name].highest) for name, rate in rates.items()}


def by_slice(
    metric: str, table: NDArray, slices: NDArray, resampling: Resampling = DEFAULT
) -> Slices:
    """Estimate a rate in each slice [N]."""

    def estimate(part: NDArray) -> Estimate:
        return estimates(table[part], resampling.part(part))[metric]

    rate = registry.functions("edits")[metric]
    weights = reference_words(table[:, len(COLUMNS) * ("character" in metric) :])
    return divide(slices, estimate, Sums(table, weights, rate), resampling)
