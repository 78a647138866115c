"""Pictures scaled to what a network expects: one rule, which is part of the preprocessing."""

import numpy as np
from PIL import Image

WORDS = "the whole picture scaled to a square, bilinear and averaged where it shrinks"


def resize(picture: np.ndarray, size: int) -> np.ndarray:
    """Scale a picture to a square; its sides need not keep their proportion.

    Parameters
    ----------
    picture : ndarray
        uint8 [H, W, 3].
    size : int
        Side in pixels.

    Returns
    -------
    ndarray
        uint8 [size, size, 3].
    """
    if picture.shape[:2] == (size, size):
        return picture
    scaled = Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(scaled)
