"""One eigendecomposition of the features, which gives the solution of every penalty."""

from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-12  # squared singular values below this share of the largest count as zero


@dataclass(frozen=True)
class Spectrum:
    """The singular value decomposition of features [N, D] of rank R, without its null space.

    ``left`` [N, R] and ``right`` [D, R] are orthonormal, ``values`` [R] are the squared singular
    values, and the features are ``left * sqrt(values) @ right.T``.
    """

    left: np.ndarray
    values: np.ndarray
    right: np.ndarray


def decompose(features: np.ndarray) -> Spectrum:
    """Decompose features, float64 [N, D], by the eigenvectors of the smaller Gram matrix."""
    items, dimension = features.shape
    wide = dimension > items
    values, vectors = np.linalg.eigh(features @ features.T if wide else features.T @ features)
    positive = values > SMALLEST * max(values.max(initial=0.0), np.finfo(float).tiny)
    values, vectors = values[positive], vectors[:, positive]
    other = (features.T if wide else features) @ vectors / np.sqrt(values)
    return Spectrum(*((vectors, values, other) if wide else (other, values, vectors)))
