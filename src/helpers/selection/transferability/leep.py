"""LEEP: how well a network's source classes predict the new ones.

Nguyen et al., ICML 2020 (arXiv:2002.12462).
"""

import numpy as np


def score(source: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean log probability of the labels [N], in nats; 0 is best.

    ``source`` [N, Z] are the network's own probabilities of its source classes.
    """
    source = source.astype(np.float64)
    joint = np.stack([source[labels == code].sum(axis=0) for code in np.unique(labels)])
    total = joint.sum(axis=0)
    given = joint / np.where(total > 0, total, 1)
    _, row = np.unique(labels, return_inverse=True)
    expected = (source * given[row]).sum(axis=1)
    return float(np.log(np.maximum(expected, np.finfo(float).tiny)).mean())
