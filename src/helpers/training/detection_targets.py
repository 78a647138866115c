"""What a head of heat maps is to say of an image, and the boxes in what it says.

Zhou et al., Objects as Points, 2019 (arXiv:1904.07850), with Gaussians as wide and high as their
boxes, whose places and sizes are learned in all cells near a centre (Liu et al., Training-Time-
Friendly Network, AAAI 2020, arXiv:1909.00700): a text line is no square, and few epochs suffice.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from helpers.models.detection.detector import Detections
from helpers.training.box_overlaps import suppressed

SPREAD = 0.54 / 6  # standard deviation of a Gaussian as a share of its box
SHARPEST = 0.3  # in cells
NEAR = 0.5  # height of a Gaussian from which on place and size are learned
FLOOR = 0.01  # scores below it are no boxes
LARGEST = 8.0  # of the logarithm of a size in cells


def of_image(
    boxes: pd.DataFrame, codes: NDArray[np.int64], shape: tuple[int, ...], cells: int, classes: int
) -> NDArray[np.float16]:
    """Return float16 [cells, cells, classes + 6]: heat, place (2), size (2), weight, counted.

    ``boxes`` are those of one image of ``shape``, ``codes`` their classes. Places are seen from the
    middle of a cell, sizes are logarithms, both in cells; ``weight`` says where they are learned,
    ``counted`` where heat without an object is an error: not in a box that is ignored.
    """
    scale = np.array([cells / shape[1], cells / shape[0]] * 2)
    found = np.zeros((cells, cells, classes + 6), np.float32)
    found[..., -1] = 1
    axis = np.arange(cells)
    values = boxes[["x", "y", "width", "height"]].to_numpy(float) * scale
    ignored = boxes["ignored"].to_numpy(bool)
    for x, y, width, height in values[ignored]:
        found[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width)), -1] = 0
    for (x, y, width, height), code in zip(values[~ignored], codes[~ignored], strict=True):
        centre = np.array([x + width / 2, y + height / 2])
        column, row = np.clip(centre.astype(int), 0, cells - 1)
        spread = np.maximum(SPREAD * np.array([width, height]), SHARPEST)
        across, down = (
            np.exp(-0.5 * ((axis - at) / each) ** 2)
            for at, each in zip((column, row), spread, strict=True)
        )
        heat = np.outer(down, across)
        found[..., code] = np.maximum(found[..., code], heat)
        near = (heat >= NEAR) & (heat > found[..., -2])
        size = np.log(np.maximum([width, height], 0.1))
        found[near, classes : classes + 2] = centre - np.argwhere(near)[:, ::-1] - 0.5
        found[near, classes + 2 : classes + 4] = size
        found[near, -2] = heat[near]
    return found.astype(np.float16)


def boxes_in(output: NDArray[np.float32], shape: tuple[int, ...], most: int) -> Detections:
    """Read the boxes in a head's output [cells, cells, classes + 4] for an image of ``shape``."""
    cells, classes = len(output), output.shape[-1] - 4
    logits = output[..., :classes].astype(float)
    peaks = (logits == maximum_filter(logits, (3, 3, 1))) & (logits > np.log(FLOOR / (1 - FLOOR)))
    rows, columns, codes = np.nonzero(peaks)
    order = np.argsort(-logits[peaks], kind="stable")[:most]
    rows, columns, codes = rows[order], columns[order], codes[order].astype(np.int64)
    places = output[rows, columns, classes : classes + 2].astype(float)
    sizes = np.exp(np.minimum(output[rows, columns, classes + 2 :].astype(float), LARGEST))
    centres = places + np.stack([columns, rows], axis=1) + 0.5
    limits, scale = np.array([shape[1], shape[0]]), np.array([shape[1], shape[0]]) / cells
    start = np.clip((centres - sizes / 2) * scale, 0, limits - 1)
    end = np.clip((centres + sizes / 2) * scale, start + 1, limits)
    boxes = np.concatenate([start, end - start], axis=1)
    kept = suppressed(boxes, codes)
    scores = 1 / (1 + np.exp(-logits[rows, columns, codes]))
    return Detections(boxes[kept], scores[kept], codes[kept])
