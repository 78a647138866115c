"""How closely scores follow a number: Pearson's correlation with its interval."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import TAILS, Estimate, undefined, wider

LEAST = 4  # items or groups needed


def pearson(x: NDArray, y: NDArray, resampling: Resampling = DEFAULT) -> Estimate:
    """Estimate the correlation of two numbers of each item, float [N].

    The hull of three of Fisher's z: his own, and, widened as Student's t has it, the bootstrap's
    percentiles and the jackknife's over items or whole groups.
    """
    x, y = (np.asarray(values, float) for values in (x, y))
    if len(x) < LEAST or min(_spread(x), _spread(y)) < 1e-9:
        return undefined("no spread to correlate")
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    moments = resampling.sums(np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1))
    total, units = moments.sum(axis=0), len(moments)
    value, z = float(_correlation(total)), _fisher(_correlation(total))
    if units < LEAST or abs(value) > 1 - 1e-9:
        return undefined(f"only {units} {resampling.unit}, or all on one line", value)
    drawn, left = (_correlation(sums) for sums in (resampling.drawn(moments), total - moments))
    percentiles = np.quantile(_fisher(drawn[np.isfinite(drawn)]), TAILS)
    below, above = abs(percentiles - z) * wider(units - 1)
    error = np.sqrt((units - 1) * np.var(_fisher(left[np.isfinite(left)])))
    least = max(stdtrit(units - 2, TAILS[1]) * error, ndtri(TAILS[1]) / np.sqrt(len(x) - 3))
    low, high = np.tanh([z - max(below, least), z + max(above, least)])
    method = f"Fisher's z, bootstrap and jackknife of {resampling.unit}"
    return Estimate(value, float(low), float(high), method)


def _fisher(correlation: NDArray) -> NDArray:
    return np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))


def _spread(values: NDArray) -> float:
    """Return the spread relative to the size of the values: equal ones differ by rounding."""
    return float(values.std() / max(1.0, abs(values).max()))


def _correlation(sums: NDArray) -> NDArray:
    """Return the correlation from sums of 1, x, y, xx, yy and xy, the last axis."""
    n, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((n * xx - x * x) * (n * yy - y * y))
        return (n * xy - x * y) / spread
