"""Signs of collapse: features that vary in few directions, samples that are all alike."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

LEAST_RANK, FEWEST = 4.0, 20  # effective dimensions, and items whose number does not bound them
ALIKE = 0.1  # share of samples with a near copy, beyond that of real images


def rank(features: np.ndarray) -> float:
    """Return the effective number of dimensions of features [N, D] (Garrido et al., ICML 2023)."""
    values = np.linalg.svd(features - features.mean(axis=0), compute_uv=False)
    shares = values[values > 0] / max(values.sum(), np.finfo(float).tiny)
    found = np.exp(-(shares * np.log(shares)).sum()) if len(shares) else 0.0
    return float(found) if len(features) >= FEWEST else np.nan


def duplicates(samples: np.ndarray, real: np.ndarray) -> tuple[float, float]:
    """Return the shares of samples, and of as many real images, with a near copy among them."""
    count = min(len(samples), len(real))
    made, given = _nearest(samples[:count]), _nearest(real[:count])
    limit = np.quantile(given, 0.01)  # what lies nearer is a copy
    return float((made <= limit).mean()), float((given <= limit).mean())


def doubts(name: str, dimensions: float, alike: tuple[float, float]) -> list[str]:
    """Say which signs of collapse there are."""
    few = f"{name} has collapsed: its features vary in only {dimensions:.1f} effective dimensions."
    copies = f"{name} has collapsed: {alike[0]:.0%} of its samples have a near copy among them."
    return [few] * (dimensions < LEAST_RANK) + [copies] * (alike[0] > alike[1] + ALIKE)


def _nearest(images: np.ndarray) -> np.ndarray:
    """Return each image's distance to the nearest other one, [N]."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    return NearestNeighbors(n_neighbors=1).fit(flat).kneighbors()[0][:, 0].round(6)
