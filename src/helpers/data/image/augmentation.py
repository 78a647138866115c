"""Random changes to training images that leave their class: flips, small shifts, light.

They are made on training batches only, after the split, so that no image's variant is tested on.
"""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.core.errors import check_known

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
SHIFT = 1 / 8  # largest shift of a crop, as a share of the width
LIGHT = 0.2  # largest relative change of brightness and of contrast


def apply(images: np.ndarray, kinds: Sequence[str], generator: np.random.Generator) -> np.ndarray:
    """Change each image of a batch at random by the ``kinds`` flip, crop, colour, in their order.

    Images are [B, S, S, 3], RGB in 0..255; the result is float32. UserError: an unknown kind.
    """
    changed = images.astype(np.float32)
    for kind in kinds:
        check_known("augmentation", kind, KINDS)
        changed = KINDS[kind](changed, generator)
    return changed


def _flip(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Mirror half of the images left to right."""
    mirrored = generator.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)


def _crop(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Shift by up to an eighth of the width; what comes in is the mirror of the border."""
    size = images.shape[1]
    reach = max(1, int(size * SHIFT))
    wide = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    corners = generator.integers(0, 2 * reach + 1, (len(images), 2))
    pairs = zip(wide, corners, strict=True)
    return np.stack([one[y : y + size, x : x + size] for one, (y, x) in pairs])


def _colour(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Change brightness and contrast by up to a fifth each."""
    shape = (len(images), 1, 1, 1)
    brightness, contrast = generator.uniform(1 - LIGHT, 1 + LIGHT, (2, *shape)).astype(np.float32)
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip((images - mean) * contrast + mean * brightness, 0, 255)


KINDS: dict[str, Change] = {"flip": _flip, "crop": _crop, "colour": _colour}
