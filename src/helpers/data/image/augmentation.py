"""Random changes to training pictures that leave their class: flips, small shifts, light.

They are made on training batches only, after the split, so that no picture's variant is tested on.
"""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.core.errors import unknown

SHIFT = 1 / 8
"""Largest shift of a crop, as a share of the side."""
LIGHT = 0.2
"""Largest relative change of brightness and of contrast."""


def apply(pictures: np.ndarray, kinds: Sequence[str], generator: np.random.Generator) -> np.ndarray:
    """Change each picture of a batch at random.

    Parameters
    ----------
    pictures : ndarray
        uint8 or float, RGB in 0..255, [B, S, S, 3]; left as it is.
    kinds : sequence of {"flip", "crop", "colour"}
        What to do, in this order.
    generator : numpy.random.Generator
        Where all chance comes from.

    Returns
    -------
    ndarray
        float32 [B, S, S, 3], RGB in 0..255.

    Raises
    ------
    UserError
        A kind that is not known.
    """
    changed = pictures.astype(np.float32)
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("augmentation", kind, KINDS)
        changed = KINDS[kind](changed, generator)
    return changed


def _flip(pictures: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Mirror half of the pictures left to right."""
    mirrored = generator.random(len(pictures)) < 0.5
    return np.where(mirrored[:, None, None, None], pictures[:, :, ::-1], pictures)


def _crop(pictures: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Shift by up to an eighth of the side; what comes in is the mirror of the border."""
    side = pictures.shape[1]
    reach = max(1, int(side * SHIFT))
    wide = np.pad(pictures, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    corners = generator.integers(0, 2 * reach + 1, (len(pictures), 2))
    shifted = [
        one[top : top + side, left : left + side]
        for one, (top, left) in zip(wide, corners, strict=True)
    ]
    return np.stack(shifted)


def _colour(pictures: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Change brightness and contrast by up to a fifth each."""
    shape = (len(pictures), 1, 1, 1)
    brightness, contrast = generator.uniform(1 - LIGHT, 1 + LIGHT, (2, *shape)).astype(np.float32)
    mean = pictures.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip((pictures - mean) * contrast + mean * brightness, 0, 255)


KINDS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "flip": _flip,
    "crop": _crop,
    "colour": _colour,
}
"""Each kind of change."""
