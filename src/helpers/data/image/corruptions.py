"""What pictures suffer outside a test set: blur, grain, poor light.

Each takes a picture uint8 [H, W, 3], a severity from 0 to 1 and a generator, and returns another.
"""

import numpy as np
from PIL import Image, ImageFilter


def blur(picture: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Blur with a Gaussian whose radius is up to a twentieth of the shorter side."""
    radius = severity * min(picture.shape[:2]) / 20
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def grain(picture: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Add independent noise with a spread of up to a quarter of the range."""
    noisy = picture + generator.normal(0, 64 * severity, picture.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def dark(picture: np.ndarray, severity: float, generator: np.random.Generator) -> np.ndarray:
    """Take away up to nine tenths of the light."""
    return np.rint(picture * (1 - 0.9 * severity)).astype(np.uint8)
