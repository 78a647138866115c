"""How closely scores follow a number: Pearson's correlation, with a bootstrap interval."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.statistics.bootstrap import group_codes, group_sums, resampled_sums
from helpers.metrics.statistics.intervals import Estimate, quantiles, undefined


def pearson(
    x: NDArray, y: NDArray, resamples: int = 2000, seed: int = 0, groups: NDArray | None = None
) -> Estimate:
    """Estimate the correlation of two numbers of each item.

    The interval is that of percentiles of Fisher's z over resamples of items, or of whole groups.

    Parameters
    ----------
    x, y
        float [N].
    resamples, seed
        Of the bootstrap; the same seed gives the same bytes.
    groups
        Of items that are not independent [N].
    """
    x, y = (np.asarray(each, float) for each in (x, y))
    if len(x) < 4 or min(_spread(x), _spread(y)) < 1e-9:
        return undefined("no spread to correlate")
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    moments = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    codes, count = group_codes(groups, len(x))
    if groups is not None:
        moments = group_sums(moments, codes, count)
    samples = _correlation(resampled_sums(moments, resamples, seed))
    samples = np.arctanh(np.clip(samples[np.isfinite(samples)], -1 + 1e-12, 1 - 1e-12))
    low, high = np.tanh(np.quantile(samples, quantiles()))
    unit = "groups" if groups is not None else "items"
    value = float(_correlation(moments.sum(axis=0)))
    return Estimate(value, float(low), float(high), f"percentile bootstrap of {unit}")


def _spread(values: NDArray) -> float:
    """Return the spread beside the size of the values; sums of equal numbers differ by rounding."""
    return float(values.std() / max(1.0, abs(values).max()))


def _correlation(sums: NDArray) -> NDArray:
    """Return the correlation from sums of 1, x, y, xx, yy and xy, the last axis."""
    n, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((n * xx - x * x) * (n * yy - y * y))
        return (n * xy - x * y) / spread
