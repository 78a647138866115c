"""What all detectors share: an image fitted to a network's input, and its boxes taken back."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from helpers.models.detection.detector import Detections
from helpers.models.kinds import ModelSpec

GREY = 114  # around an image that does not fill the input
MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet's, RGB
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


@dataclass(frozen=True)
class Placement:
    """How an image of some height and width lies in an input: x * scale + offset, as is y."""

    height: int
    width: int
    scale: tuple[float, float]
    offset: tuple[float, float] = (0.0, 0.0)

    def back(self, corners: np.ndarray) -> np.ndarray:
        """Take corners [N, 4], x1, y1, x2, y2, back to the image and clip them to it."""
        pixels = (corners.astype(np.float64) - 2 * self.offset) / (2 * self.scale)
        return np.clip(pixels, 0, 2 * (self.width, self.height))


def stretched(image: np.ndarray, width: int, height: int) -> tuple[np.ndarray, Placement]:
    """Scale an image uint8 [H, W, 3] to a size, whatever its proportions."""
    rows, columns = image.shape[:2]
    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized), Placement(rows, columns, (width / columns, height / rows))


def letterboxed(image: np.ndarray, width: int, height: int) -> tuple[np.ndarray, Placement]:
    """Scale an image uint8 [H, W, 3] in its proportions, and fill a size with grey around it."""
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    across, down = max(1, round(columns * scale)), max(1, round(rows * scale))
    left, top = (width - across) // 2, (height - down) // 2
    pixels = np.full((height, width, 3), GREY, np.uint8)
    pixels[top : top + down, left : left + across], fit = stretched(image, across, down)
    return pixels, Placement(rows, columns, fit.scale, (left, top))


def found(
    corners: np.ndarray,
    scores: np.ndarray,
    fit: Placement,
    spec: ModelSpec,
    classes: np.ndarray | None = None,
    overlap: float | None = None,
) -> Detections:
    """Return an image's boxes, the best first: at most ``spec.boxes``, none below ``spec.score``.

    ``corners`` [N, 4] are in an input's pixels; ``scores`` [N, K] of each class, or [N] with their
    ``classes``. Boxes that overlap a better one of their class by more than ``overlap`` are left
    out, and so are those without an area inside the image.
    """
    if classes is None:
        rows, classes = np.nonzero(scores >= spec.score)  # which NaN is not
    else:
        rows = np.flatnonzero(scores >= spec.score)
        scores, classes = scores[:, None], classes[rows]
    scores = scores[rows, classes if scores.shape[1] > 1 else 0].astype(np.float64)
    corners = fit.back(corners[rows])
    real = np.flatnonzero((corners[:, 2:] > corners[:, :2]).all(axis=1))
    order = real[np.argsort(-scores[real], kind="stable")]
    corners, scores, classes = corners[order], scores[order], classes[order]
    best = _suppressed(corners, classes, overlap, spec.boxes)
    boxes = np.hstack([corners[best, :2], corners[best, 2:] - corners[best, :2]])
    return Detections(boxes, np.minimum(scores[best], 1.0), classes[best].astype(np.int64))


def _suppressed(
    corners: np.ndarray, classes: np.ndarray, overlap: float | None, most: int
) -> np.ndarray:
    """Return the rows of the best boxes, sorted by score: int64 [at most ``most``]."""
    left = np.arange(len(corners))
    if overlap is None:
        return left[:most]
    areas = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    best: list[int] = []
    while len(left) and len(best) < most:
        first, left = left[0], left[1:]
        best.append(int(first))
        low = np.maximum(corners[left, :2], corners[first, :2])
        high = np.minimum(corners[left, 2:], corners[first, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        same = shared > overlap * (areas[left] + areas[first] - shared)
        left = left[~(same & (classes[left] == classes[first]))]
    return np.array(best, np.int64)
