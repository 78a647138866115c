"""Mistakes of a detector as pictures: the surroundings of each, with true and found boxes."""

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.report.figures.boxes import boxes_on

AROUND = 2.5  # side of the surroundings in sides of the boxes concerned
LEAST = 120  # pixels of the surroundings at least


def of_mistakes(
    data: Dataset, boxes: DetectedBoxes, mistakes: pd.DataFrame, score: float, columns: int = 3
) -> list[np.ndarray]:
    """Draw the surroundings of mistakes, with all true boxes and those found with this score."""
    pictures = []
    for mistake in mistakes.to_dict("records"):
        truth, found = boxes.truth.reset_index(drop=True), boxes.found.reset_index(drop=True)
        concerned = [truth.loc[[mistake["true"]]] if mistake["true"] >= 0 else truth.iloc[:0]]
        concerned += [found.loc[[mistake["box"]]] if mistake["box"] >= 0 else found.iloc[:0]]
        image = data.example(mistake["row"])
        left, top, right, bottom = _window(pd.concat(concerned), *image.shape[:2])
        truth, found = truth[truth["id"] == mistake["id"]], found[found["id"] == mistake["id"]]
        truth, found = (
            each.assign(x=each["x"] - left, y=each["y"] - top)
            for each in (truth, found[found["score"] >= score])
        )
        pictures.append(boxes_on(image[top:bottom, left:right], truth, found, columns))
    return pictures


def _window(boxes: pd.DataFrame, height: int, width: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a square around boxes, inside their image."""
    low = boxes[["x", "y"]].min().to_numpy()
    high = (boxes[["x", "y"]].to_numpy() + boxes[["width", "height"]].to_numpy()).max(axis=0)
    side = max(LEAST, AROUND * (high - low).max())
    size = np.array([width, height])
    sides = np.minimum(size, int(side))
    start = np.clip(((low + high - sides) / 2).astype(int), 0, size - sides)
    return (*start.tolist(), *(start + sides).tolist())
