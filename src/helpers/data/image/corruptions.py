"""Corruptions of images outside a test set: blur, grain, poor light.

Each takes an image uint8 [H, W, 3], a severity from 0 to 1 and a generator, and returns another.
"""

import numpy as np
from PIL import Image, ImageFilter


def blur(image: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Blur with a Gaussian whose radius is up to a twentieth of the shorter edge."""
    radius = severity * min(image.shape[:2]) / 20
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))


def grain(image: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Add independent noise with a spread of up to a quarter of the range."""
    noisy = image + generator.normal(0, 64 * severity, image.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def dark(image: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Take away up to nine tenths of the light."""
    return np.rint(image * (1 - 0.9 * severity)).astype(np.uint8)


# each by the name that ``robustness.noises`` of a study uses
CORRUPTIONS = {"blur": blur, "grain": grain, "dark": dark}
