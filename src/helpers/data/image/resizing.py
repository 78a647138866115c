"""Images scaled to what a network expects: one rule, which is part of the preprocessing."""

import numpy as np
from PIL import Image

WORDS = "the whole image scaled to a square, bilinear and averaged where it shrinks"


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Scale an image uint8 [H, W, 3] to [size, size, 3], whatever its proportions."""
    if image.shape[:2] == (size, size):
        return image
    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
