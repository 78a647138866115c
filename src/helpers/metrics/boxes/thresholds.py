"""Precision and recall as the score falls, and the score at which a detector is used."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.boxes.table import FALSE, IOUS, TRUE, Matches


def precision_recall(matches: Matches, iou: float = 0.5) -> dict[str, NDArray]:
    """Return score, precision, recall and false boxes an image, at each distinct score, [S].

    Over all classes together; the boxes with this score or a higher one.
    """
    kind = matches.kind[int(np.argmin(abs(IOUS - iou))), 0]
    order = np.argsort(-matches.score, kind="stable")
    score, last = matches.score[order], np.diff(matches.score[order], append=-np.inf) != 0
    hits, false = (np.cumsum(kind[order] == each)[last] for each in (TRUE, FALSE))
    objects = int(matches.counted[0].sum())
    return {
        "score": score[last],
        "precision": hits / np.maximum(hits + false, 1),
        "recall": hits / objects if objects else np.full(len(hits), np.nan),
        "false_positives": false / max(matches.table.images, 1),
    }


def best_threshold(matches: Matches) -> float:
    """Return the score from which on boxes are best kept: that of the highest F1 at IoU .5."""
    curve = precision_recall(matches)
    f1 = (
        2
        * curve["precision"]
        * curve["recall"]
        / np.maximum(curve["precision"] + curve["recall"], 1e-12)
    )
    if not len(f1) or not np.isfinite(f1).any():
        return 0.5
    best = int(np.nanargmax(f1))
    below = curve["score"][best + 1] if best + 1 < len(f1) else curve["score"][best]
    return float((curve["score"][best] + below) / 2)
