"""Intervals of the error rates of transcripts, over the corpus and by slice."""

from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.slices import Slices, Sums, divide
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.ratio_intervals import ratio_intervals
from helpers.metrics.word_error_rate import COLUMNS, reference_words, with_capped


def estimates(table: NDArray, resampling: Resampling = DEFAULT) -> dict[str, Estimate]:
    """Estimate every rate of ``word_error_rate.table`` [N, 10], or of its edits [N, 8], at once."""
    rates = ratio_intervals(with_capped(table), registry.functions("edits"), resampling)
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
