"""Multiple testing: p-values corrected for their number."""

import numpy as np
from numpy.typing import NDArray


def holm(p: NDArray) -> NDArray[np.float64]:
    """Correct p-values [T] for their number (Holm, 1979); NaN is not counted."""
    corrected = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")[: np.isfinite(p).sum()]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return corrected
