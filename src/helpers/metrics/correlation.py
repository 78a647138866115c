"""How closely scores follow a number: Pearson's correlation, with a bootstrap interval."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import TAILS, Estimate, undefined


def pearson(x: NDArray, y: NDArray, resampling: Resampling = DEFAULT) -> Estimate:
    """Estimate the correlation of two numbers of each item, float [N].

    The interval has the percentiles of Fisher's z over resamples of items, or of whole groups.
    """
    x, y = (np.asarray(values, float) for values in (x, y))
    if len(x) < 4 or min(_spread(x), _spread(y)) < 1e-9:
        return undefined("no spread to correlate")
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    moments = resampling.sums(np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1))
    samples = _correlation(resampling.drawn(moments))
    samples = np.arctanh(np.clip(samples[np.isfinite(samples)], -1 + 1e-12, 1 - 1e-12))
    low, high = np.tanh(np.quantile(samples, TAILS))
    value = float(_correlation(moments.sum(axis=0)))
    return Estimate(value, float(low), float(high), f"percentile bootstrap of {resampling.unit}")


def _spread(values: NDArray) -> float:
    """Return the spread relative to the size of the values: equal ones differ by rounding."""
    return float(values.std() / max(1.0, abs(values).max()))


def _correlation(sums: NDArray) -> NDArray:
    """Return the correlation from sums of 1, x, y, xx, yy and xy, the last axis."""
    n, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((n * xx - x * x) * (n * yy - y * y))
        return (n * xy - x * y) / spread
