"""The H-score: how far apart the class means are, in units of the features' own spread.

Bao et al., ICIP 2019; with the covariance shrunk (Ledoit and Wolf, 2004), without which it cannot
be trusted with many features and few items (Ibrahim et al., 2022, arXiv:2110.06893).
"""

import numpy as np
from scipy.linalg import solve


def score(features: np.ndarray, labels: np.ndarray) -> float:
    """Return the trace of the shrunk covariance's inverse times that of the class means.

    Takes features float [N, D] and class codes int [N]; 0 if all means are equal, at most K - 1.
    """
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    size = np.abs(centred).max()
    if size <= 1e-9 * np.abs(features).max(initial=1e-300):
        return 0.0  # constant features tell nothing
    centred /= size
    covariance, shrinkage = _shrunk(centred)
    codes, counts = np.unique(labels, return_counts=True)
    means = np.stack([centred[labels == code].mean(axis=0) for code in codes])
    apart = means * np.sqrt(counts / len(labels))[:, None]
    between = np.einsum("kd,dk->", apart, solve(covariance, apart.T, assume_a="pos"))
    return float((1 - shrinkage) * between)


def _shrunk(centred: np.ndarray) -> tuple[np.ndarray, float]:
    """Return Ledoit and Wolf's covariance [D, D], and how far it is drawn towards a sphere."""
    items, dimension = centred.shape
    covariance = centred.T @ centred / items
    sphere = np.trace(covariance) / dimension
    square = (covariance**2).sum()
    noise = (((centred**2).sum(axis=1) ** 2).sum() / items - square) / items
    apart = square - dimension * sphere**2
    shrinkage = min(noise / apart, 1.0) if apart > 0 else 1.0
    covariance *= 1 - shrinkage
    covariance.flat[:: dimension + 1] += shrinkage * sphere
    return covariance, float(shrinkage)
