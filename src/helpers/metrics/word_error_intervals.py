"""Intervals of the error rates of transcripts, over the corpus and by slice."""

from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.slices import Slices, divide
from helpers.metrics.statistics.intervals import Estimate, capped
from helpers.metrics.statistics.ratio_intervals import ratio_intervals
from helpers.metrics.word_error_rate import said


def estimates(
    counted: NDArray, resamples: int = 2000, seed: int = 0, groups: NDArray | None = None
) -> dict[str, Estimate]:
    """Estimate every rate of a corpus by one BCa bootstrap.

    Parameters
    ----------
    counted : ndarray
        Of ``word_error_rate.table``: int [N, 8].
    resamples, seed
        Of the bootstrap; the same seed gives the same bytes.
    groups : ndarray, optional
        What is resampled, such as the speaker of each utterance [N].
    """
    rates = ratio_intervals(counted, registry.functions("edits"), resamples, seed, groups)
    return {name: capped(rate, registry.METRICS[name].highest) for name, rate in rates.items()}


def by_slice(
    metric: str,
    counted: NDArray,
    slices: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> Slices:
    """Estimate a rate in each slice [N]; the other arguments are as in ``estimates``."""

    def estimate(part: NDArray, own: NDArray | None) -> Estimate:
        return estimates(counted[part], resamples, seed, own)[metric]

    rate = registry.functions("edits")[metric]
    return divide(slices, estimate, counted, said(counted), rate, seed, groups)
