"""Images: uint8 [height, width, 3], RGB."""

from typing import Any

import numpy as np

ONE, MANY = "image", "images"
SAME = "equal pixels"  # what exact copies have in common
SUFFIXES = (  # files that a folder of items is made of
    ".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm",
    ".pgm", ".pbm", ".pnm", ".avif", ".jp2", ".ico", ".tga", ".dib", ".jfif",
    ".heic", ".heif", ".hif",
)  # fmt: skip
MEASURES = ("width", "height")  # facts of the survey that results may be sliced by


def decode(raw: Any, **found: Any) -> np.ndarray:
    """Decode an image, by the ``levels`` found in its data set; raises ``Unreadable``."""
    from helpers.data.image import decoding

    return decoding.decode(raw, **found)
