"""One pass over the images: each is decoded once, and what the checks need is kept."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from helpers.data import near_duplicates
from helpers.data.encoded import content_of
from helpers.data.image import decoding
from helpers.data.items import Items
from helpers.data.near_duplicates import THUMBNAIL
from helpers.data.surveys.base import Survey, columns, facts_of_each


@dataclass(frozen=True)
class ImageSurvey(Survey):
    """Facts about N images; the digest is of the pixels and their shape."""

    mode: np.ndarray
    height: np.ndarray
    width: np.ndarray
    constant: np.ndarray  # whether all pixels have one colour: bool [N]
    thumbnail: np.ndarray  # pixels of a small square, centred, of unit length: float32 [N, D]

    def near_pairs(self) -> np.ndarray:
        """Return the pairs whose thumbnails correlate: int [pairs, 2]."""
        return near_duplicates.near_pairs(self.thumbnail)


_NOTHING = np.zeros(3 * THUMBNAIL**2, np.float32)
UNREADABLE = dict(digest="", mode="", height=0, width=0, constant=False, thumbnail=_NOTHING)


def survey(items: Items) -> ImageSurvey:
    """Decode every image once."""
    facts = facts_of_each(items, lambda i: _facts(items.raw(i)), UNREADABLE, "reading images")
    return ImageSurvey(**columns(facts))


def _facts(raw: decoding.Raw) -> dict[str, Any]:
    raw = raw if isinstance(raw, np.ndarray) else content_of(raw)
    mode, pixels = decoding.mode_of(raw), decoding.decode(raw)
    height, width = pixels.shape[:2]
    small = Image.fromarray(pixels).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    thumbnail = np.asarray(small)
    return {
        "digest": hashlib.sha256(f"{height}x{width}:".encode() + pixels.tobytes()).hexdigest(),
        "mode": mode,
        "height": height,
        "width": width,
        # the thumbnail first: most images are ruled out at once
        "constant": all(bool((each == each[0, 0]).all()) for each in (thumbnail, pixels)),
        "thumbnail": near_duplicates.unit_vector(thumbnail),
    }
