"""The H-score: how far apart the class means are, in units of the features' own spread.

Bao et al., ICIP 2019; with the covariance shrunk (Ledoit and Wolf, 2004), without which it cannot
be trusted with many features and few items (Ibrahim et al., 2022, arXiv:2110.06893).
"""

import numpy as np
from scipy.linalg import solve
from sklearn.covariance import ledoit_wolf


def score(features: np.ndarray, labels: np.ndarray) -> float:
    """Return the trace of the shrunk covariance's inverse times that of the class means.

    Takes features float [N, D] and class codes int [N]; 0 if all means are equal, at most K - 1.
    """
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    size = np.abs(centred).max()
    if size <= 1e-9 * np.abs(features).max(initial=1e-300):
        return 0.0  # constant features tell nothing
    centred /= size
    covariance, shrinkage = ledoit_wolf(centred, assume_centered=True)
    codes, counts = np.unique(labels, return_counts=True)
    means = np.stack([centred[labels == code].mean(axis=0) for code in codes])
    apart = means * np.sqrt(counts / len(labels))[:, None]
    between = np.einsum("kd,dk->", apart, solve(covariance, apart.T, assume_a="pos"))
    return float((1 - shrinkage) * between)
