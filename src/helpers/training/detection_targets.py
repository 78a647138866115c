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
from helpers.models.detection.post_processing import Placement, found
from helpers.models.kinds import ModelSpec

SPREAD = 0.54 / 6  # standard deviation of a Gaussian as a share of its box
SHARPEST = 0.3  # in cells
NEAR = 0.5  # height of a Gaussian from which on place and size are learned
TWICE = 0.6  # overlap with a better box of its class at which one is taken for the same object
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
    wanted = np.zeros((cells, cells, classes + 6), np.float32)
    wanted[..., -1] = 1
    axis = np.arange(cells)
    values = boxes[["x", "y", "width", "height"]].to_numpy(float) * scale
    ignored = boxes["ignored"].to_numpy(bool)
    for x, y, width, height in values[ignored]:
        wanted[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width)), -1] = 0
    for (x, y, width, height), code in zip(values[~ignored], codes[~ignored], strict=True):
        centre = np.array([x + width / 2, y + height / 2])
        column, row = np.clip(centre.astype(int), 0, cells - 1)
        spread = np.maximum(SPREAD * np.array([width, height]), SHARPEST)
        across, down = (
            np.exp(-0.5 * ((axis - at) / each) ** 2)
            for at, each in zip((column, row), spread, strict=True)
        )
        heat = np.outer(down, across)
        wanted[..., code] = np.maximum(wanted[..., code], heat)
        near = (heat >= NEAR) & (heat > wanted[..., -2])
        size = np.log(np.maximum([width, height], 0.1))
        wanted[near, classes : classes + 2] = centre - np.argwhere(near)[:, ::-1] - 0.5
        wanted[near, classes + 2 : classes + 4] = size
        wanted[near, -2] = heat[near]
    return wanted.astype(np.float16)


def boxes_in(output: NDArray[np.float32], image: NDArray[np.uint8], spec: ModelSpec) -> Detections:
    """Read the boxes in a head's output [cells, cells, classes + 4] for an image [H, W, 3]."""
    (height, width), cells, classes = image.shape[:2], len(output), output.shape[-1] - 4
    heat = 1 / (1 + np.exp(-output[..., :classes].astype(float)))
    peaks = (heat == maximum_filter(heat, (3, 3, 1))) & (heat >= spec.score)
    rows, columns, codes = np.nonzero(peaks)
    values = output[rows, columns, classes:].astype(float)
    centres = values[:, :2] + np.stack([columns, rows], axis=1) + 0.5
    sizes = np.exp(np.minimum(values[:, 2:], LARGEST))
    corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    place = Placement(height, width, (cells / width, cells / height))
    return found(corners, heat[peaks], place, spec, codes, TWICE)
