"""What every detector is: a card that is cheap to make, and the loaded detector."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import ahead, code_digest, cost, progress
from helpers.models.card import Positions, Read


@dataclass(frozen=True)
class Detections:
    """The boxes found in one image, highest score first.

    ``boxes`` float64 [B, 4] are x, y, width and height in pixels of the image as it was given,
    ``scores`` float64 [B] from 0 to 1, ``classes`` int64 [B] positions in the detector's classes.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True)
class Detector:
    """A loaded detector: the same image gives the same boxes, in any thread."""

    name: str
    classes: tuple[str, ...]  # in its own words
    detect: Callable[[np.ndarray], Detections]  # from an image uint8 [H, W, 3], RGB
    engine: str
    parameters: int | None = None
    gflops: float | None = None
    cores: int | None = None  # how many it keeps busy at most, all if None


@dataclass(frozen=True)
class DetectorCard:
    """What is known of a detector before it is loaded."""

    name: str
    licence: str
    reads: str  # its preprocessing, in words
    classes: tuple[str, ...]
    made_of: dict[str, Any]  # plain values that decide its boxes
    load: Callable[[int | None], Detector]  # for a number of threads, by default one per core
    modules: tuple[str, ...] = ()  # the code that decides its boxes

    @property
    def digest(self) -> str:
        """Digest what its boxes depend on."""
        code = {name: code_digest.of_module(name) for name in (*self.modules, __name__)}
        return code_digest.of_value({"made_of": self.made_of, "code": code})


def detect_all(
    detector: Detector, read: Read, positions: Positions, what: str = "images"
) -> Iterator[Detections]:
    """Find objects in images, one on each core; yield what is found in their order."""
    cores = detector.cores or cost.usable_cores()
    threads = 2 * cores  # while one decodes its image, another keeps the core busy

    def detected(position: int) -> Detections:
        return detector.detect(read(int(position)))

    found = ahead.side_by_side(detected, positions, threads)
    yield from progress.track(found, what, len(positions))
