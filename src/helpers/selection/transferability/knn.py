"""The nearest neighbours of each item, by the cosine between features."""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS = 20


def scores(
    train: np.ndarray,
    labels: np.ndarray,
    queries: np.ndarray,
    classes: int,
    count: int = NEIGHBOURS,
) -> np.ndarray:
    """Return each class's share of the votes of the nearest labelled items: float64 [M, K].

    Takes features [N, D] and class codes [N] of the labelled items, and features [M, D] of queries.
    One more vote is shared by all classes, so that none is impossible.
    """
    count, votes = min(count, len(train)), np.zeros((len(queries), classes))
    model = KNeighborsClassifier(count, metric="cosine").fit(train, labels)
    votes[:, model.classes_] = count * model.predict_proba(queries)
    return (votes + 1 / classes) / (count + 1)
