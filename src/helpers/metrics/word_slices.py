"""An error rate slice by slice, and whether the largest gap between slices is more than chance."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import words
from helpers.metrics.intervals import Estimate
from helpers.metrics.slices import PERMUTATIONS


def by_slice(
    metric: str,
    counted: NDArray,
    slices: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> tuple[dict[str, Estimate], dict[str, float]]:
    """Estimate a rate of ``words.METRICS`` in each slice.

    Parameters
    ----------
    metric, counted, resamples, seed, groups
        As in ``words.estimates``.
    slices : ndarray
        Name of each utterance's slice [N].

    Returns
    -------
    tuple
        Each slice's estimate by name, and gap (largest between slices), gap_by_chance (what one
        random division in twenty of the same sizes exceeds) and p (share of the random divisions
        with a gap as large).
    """
    names, codes = np.unique(np.asarray(slices).astype(str), return_inverse=True)
    found = {}
    for code, name in enumerate(names):
        own = None if groups is None else groups[codes == code]
        estimates = words.estimates(counted[codes == code], resamples, seed, own)
        found[str(name)] = estimates[metric]
    gaps = _gaps(words.METRICS[metric], counted, codes, len(names), seed)
    seen, null = gaps[0], gaps[1:][np.isfinite(gaps[1:])]
    if not np.isfinite(seen):
        return found, {"gap": np.nan, "gap_by_chance": np.nan, "p": np.nan}
    p = float((1 + np.sum(null >= seen - 1e-12)) / (1 + len(null)))
    return found, {"gap": float(seen), "gap_by_chance": float(np.quantile(null, 0.95)), "p": p}


def _gaps(metric, counted: NDArray, codes: NDArray, count: int, seed: int) -> NDArray[np.float64]:
    """Largest gap between slices, as it is and with the slices shuffled over the utterances."""
    if count < 2:
        return np.full(PERMUTATIONS + 1, np.nan)
    random = np.random.default_rng(seed)
    shuffled = random.permuted(np.tile(codes.astype(np.int16), (PERMUTATIONS, 1)), axis=1)
    every = np.vstack([codes[None].astype(np.int16), shuffled])
    values = np.stack([metric((every == code).astype(float) @ counted) for code in range(count)])
    known = np.isfinite(values).sum(axis=0) > 1
    gaps = np.full(len(every), np.nan)
    gaps[known] = np.nanmax(values[:, known], axis=0) - np.nanmin(values[:, known], axis=0)
    return gaps
