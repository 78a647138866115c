"""LogME: the evidence of a Bayesian linear model of the labels, at its best precisions.

You et al., ICML 2021 (arXiv:2102.11005). Their code leaves out ``(D - R) / 2 * log(alpha)`` where
features outnumber items; this is the full evidence, and its maximum is found over one ratio.
"""

import numpy as np
from scipy.optimize import minimize_scalar

from helpers.selection.transferability.spectrum import decompose

RANGE = np.linspace(-18.0, 18.0, 73)  # logs of ratios, in units of the mean value
EXACT = 1e-12  # smallest share of a target's square that is taken as noise


def score(features: np.ndarray, labels: np.ndarray) -> float:
    """Return the log evidence per item, in nats, averaged over the classes present.

    Takes features float [N, D], as they are, and class codes int [N].
    """
    spectrum = decompose(features.astype(np.float64))
    targets = np.stack([labels == code for code in np.unique(labels)], axis=1).astype(np.float64)
    inside = (spectrum.left.T @ targets) ** 2
    outside = np.maximum((targets**2).sum(axis=0) - inside.sum(axis=0), 0)
    evidences = [
        _best(spectrum.values, *parts, len(labels)) for parts in zip(inside.T, outside, strict=True)
    ]
    return float(np.mean(evidences) / len(labels))


def evidence(
    log_ratio: float, values: np.ndarray, inside: np.ndarray, outside: float, items: int
) -> float:
    """Return the log evidence at a log of ``alpha / beta``, with the best noise precision beta.

    ``values`` [R] are the squared singular values of the features, ``inside`` [R] the squares of a
    target along the left singular vectors, and ``outside`` the part of its square past their span.
    """
    ratio = np.exp(log_ratio)
    left = outside + (inside * ratio / (ratio + values)).sum()
    left = max(left, EXACT * (outside + inside.sum()))
    spread = np.log1p(values / ratio).sum()
    return 0.5 * (items * (np.log(items / left) - np.log(2 * np.pi) - 1) - spread)


def _best(values: np.ndarray, inside: np.ndarray, outside: float, items: int) -> float:
    """Return the greatest evidence: on a grid, then between the neighbours of its best point."""
    unit = np.log(values.mean()) if len(values) else 0.0
    arguments = (values, inside, outside, items)
    on_grid = [evidence(unit + step, *arguments) for step in RANGE]
    best = int(np.argmax(on_grid))
    low, high = RANGE[max(best - 1, 0)], RANGE[min(best + 1, len(RANGE) - 1)]
    refined = minimize_scalar(
        lambda step: -evidence(unit + step, *arguments),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return max(on_grid[best], -float(refined.fun))
