"""Mistakes of a detector as pictures: the surroundings of each, with true and found boxes."""

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.report.figures.boxes import boxes_on

AROUND = 2.5  # side of the surroundings in sides of the boxes concerned
LEAST = 120  # pixels of the surroundings at least


def of_mistakes(
    data: Dataset, boxes: DetectedBoxes, mistakes: pd.DataFrame, score: float, alone: bool = False
) -> list[np.ndarray]:
    """Draw the surroundings of mistakes, for a grid of three columns.

    All true boxes are drawn and those found with this score or more; or those concerned ``alone``.
    """
    pictures = []
    truth, found = (each.reset_index(drop=True) for each in (boxes.truth, boxes.found))
    for mistake in mistakes.to_dict("records"):
        concerned = [truth[truth.index == mistake["true"]], found[found.index == mistake["box"]]]
        image = data.example(mistake["row"])
        left, top, right, bottom = _window(pd.concat(concerned), *image.shape[:2])
        if not alone:
            here = [each[each["id"] == mistake["id"]] for each in (truth, found)]
            concerned = [here[0], here[1][here[1]["score"] >= score]]
        moved = [each.assign(x=each["x"] - left, y=each["y"] - top) for each in concerned]
        pictures.append(boxes_on(image[top:bottom, left:right], *moved))
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
