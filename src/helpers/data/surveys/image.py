"""One pass over the pictures: each is decoded once, and what the checks need is kept."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from helpers.core import progress
from helpers.data import near_duplicates
from helpers.data.encoded import Unreadable, content_of
from helpers.data.image import decoding
from helpers.data.items import Items
from helpers.data.surveys.base import Survey


@dataclass(frozen=True)
class ImageSurvey(Survey):
    """Facts about N pictures; the digest is of the pixels and their shape."""

    mode: np.ndarray
    height: np.ndarray
    width: np.ndarray
    constant: np.ndarray
    """Whether all pixels have one colour: bool [N]."""
    thumbnail: np.ndarray
    """Pixels averaged to a small square, centred, of unit length: float32 [N, D]."""

    def near_pairs(self) -> np.ndarray:
        """Return the pairs whose thumbnails are alike: int [pairs, 2]."""
        return near_duplicates.near_pairs(self.thumbnail)


def survey(items: Items, threads: int = 2) -> ImageSurvey:
    """Decode every picture once; decoders release the interpreter, so threads help."""
    total = len(items.frame)
    with ThreadPoolExecutor(threads) as pool:
        facts: Iterator = pool.map(lambda index: _facts(items, index), range(total))
        rows = list(progress.track(facts, "reading pictures", total=total))
    columns = list(zip(*rows, strict=True))
    return ImageSurvey(*(np.array(column) for column in columns[:-1]), np.stack(columns[-1]))


def _facts(items: Items, index: int) -> tuple:
    """Return one picture's facts, in the order of the survey's fields."""
    try:
        raw = items.raw(index)
        raw = raw if isinstance(raw, np.ndarray) else content_of(raw)
        mode, pixels = decoding.mode_of(raw), decoding.decode(raw)
    except Unreadable as problem:
        nothing = np.zeros(3 * near_duplicates.THUMBNAIL**2, np.float32)
        return str(problem) or "unreadable", "", "", 0, 0, False, nothing
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(f"{height}x{width}:".encode() + pixels.tobytes()).hexdigest()
    size = (near_duplicates.THUMBNAIL, near_duplicates.THUMBNAIL)
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    # the thumbnail first: it says no at once
    constant = all(bool((each == each[0, 0]).all()) for each in (small, pixels))
    return "", digest, mode, height, width, constant, _centred(small)


def _centred(small: np.ndarray) -> np.ndarray:
    """Remove brightness and contrast from a thumbnail; a grey constant one becomes 0."""
    vector = small.astype(np.float32).ravel()
    vector -= vector.mean()
    length = np.linalg.norm(vector)
    return vector / length if length else vector
