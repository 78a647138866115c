"""What to expect of the best of several candidates, picked for the very score that is quoted."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from helpers.metrics.statistics.intervals import TAILS, Estimate

_Z = float(ndtri(TAILS[1]))


def after_selection(
    values: NDArray, samples: NDArray, low: float, high: float, sign: float = 1.0
) -> Estimate:
    """Correct the best candidate's value and 95 % interval for its having been picked.

    The best score is too good on average, and its interval misses on the flattering side (Andrews,
    Kitagawa and McCloskey, 2024, "Inference on winners"). Resamples tell by how much the best of
    them flatters itself (Efron's optimism), which is taken off the value; and how far the luckiest
    of all strays, in standard errors, which stretches the flattering side alone.

    Parameters
    ----------
    values, samples : float [M], float [R, M]
        The candidates' scores, and on the same resamples of the items; NaN where undefined.
    low, high : float
        The best candidate's own interval, NaN without one; alone it keeps all as it is.
    sign : float
        -1 where a lower score is better.
    """
    defined = np.isfinite(values)
    scores, drawn = sign * np.asarray(values)[defined], sign * np.asarray(samples)[:, defined]
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    best = float(scores.max(initial=-np.inf)) if len(scores) else np.nan
    if len(scores) < 2 or not len(drawn):
        return Estimate(sign * best, low, high, "as given")
    # 1. How far the luckiest strays: 1.96 standard errors if it were always the same one.
    spread = drawn.std(axis=0)
    varies = spread > 1e-9
    strays = ((drawn - scores)[:, varies] / spread[varies]).max(axis=1, initial=0.0)
    stretch = float(np.sqrt(max(1.0, np.quantile(strays, TAILS[1]) / _Z)))
    # 2. How much the best of a resample flatters itself; what never varies had no luck.
    first = drawn.argmax(axis=1)
    optimism = max(0.0, float((drawn[np.arange(len(drawn)), first] - scores[first]).mean()))
    optimism = optimism if varies[scores.argmax()] else 0.0
    # 3. Both move the flattering side: down where higher is better.
    own = low if sign > 0 else -high
    worse = best - optimism - (best - own) * stretch
    limits = (worse, high) if sign > 0 else (low, -worse)
    return Estimate(sign * (best - optimism), *limits, f"picked among {len(scores)}")
