"""How much boxes overlap: float64 [B, 4], x, y, width and height."""

import numpy as np
from numpy.typing import NDArray

TWICE = 0.6  # overlap of two boxes of one class that are taken for one object


def iou(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union of each pair of boxes, float64 [A, B]."""
    corner = np.maximum(one[:, None, :2], other[None, :, :2])
    end = np.minimum((one[:, :2] + one[:, 2:])[:, None], (other[:, :2] + other[:, 2:])[None])
    common = np.clip(end - corner, 0, None).prod(axis=2)
    union = one[:, 2:].prod(axis=1)[:, None] + other[:, 2:].prod(axis=1)[None] - common
    return common / np.maximum(union, 1e-12)


def suppressed(boxes: NDArray[np.float64], classes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the positions of boxes, best first, that no better one of their class covers."""
    again = (iou(boxes, boxes) > TWICE) & (classes[:, None] == classes[None])
    kept: list[int] = []
    for number in range(len(boxes)):
        if not again[number, kept].any():
            kept.append(number)
    return np.array(kept, np.intp)
