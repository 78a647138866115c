"""One pass over the pictures: each is decoded once, and what the checks need is kept."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from helpers import images, progress
from helpers.checks import duplicates
from helpers.sources import Items


@dataclass(frozen=True)
class Survey:
    """Facts about N pictures, in the order of the items; an unreadable one has only its reason."""

    reason: np.ndarray
    """Why a picture cannot be read, or an empty text: str [N]."""
    digest: np.ndarray
    """SHA-256 of the decoded pixels and their shape: str [N]."""
    mode: np.ndarray
    height: np.ndarray
    width: np.ndarray
    constant: np.ndarray
    """Whether all pixels have one colour: bool [N]."""
    thumbnail: np.ndarray
    """Pixels averaged to a small square, centred, of unit length: float32 [N, D]."""

    @cached_property
    def exact(self) -> np.ndarray:
        """Families of pictures with equal pixels: int [N]."""
        return duplicates.families(self.digest)

    @cached_property
    def near(self) -> np.ndarray:
        """Families of equal and nearly equal pictures: int [N]."""
        pairs = duplicates.near_pairs(self.thumbnail)
        return duplicates.together(self.exact, duplicates.joined(len(self.digest), pairs))

    def take(self, rows: np.ndarray) -> "Survey":
        """Return the facts of these rows."""
        return Survey(*(getattr(self, name)[rows] for name in self.__annotations__))


def survey(items: Items, threads: int = 2) -> Survey:
    """Decode every picture once; decoders release the interpreter, so threads help."""
    total = len(items.frame)
    with ThreadPoolExecutor(threads) as pool:
        facts: Iterator = pool.map(lambda index: _facts(items, index), range(total))
        rows = list(progress.track(facts, "reading pictures", total=total))
    columns = list(zip(*rows, strict=True))
    return Survey(*(np.array(column) for column in columns[:-1]), np.stack(columns[-1]))


def _facts(items: Items, index: int) -> tuple:
    """Return one picture's facts, in the order of the survey's fields."""
    try:
        raw = items.raw(index)
        raw = raw if isinstance(raw, np.ndarray) else images.content_of(raw)
        mode, pixels = images.mode_of(raw), images.decode(raw)
    except images.Unreadable as problem:
        nothing = np.zeros(3 * duplicates.THUMBNAIL**2, np.float32)
        return str(problem) or "unreadable", "", "", 0, 0, False, nothing
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(f"{height}x{width}:".encode() + pixels.tobytes()).hexdigest()
    size = (duplicates.THUMBNAIL, duplicates.THUMBNAIL)
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
