"""Pictures: uint8 [height, width, 3], RGB."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.config import options
from helpers.data.image import corruptions

ONE, MANY = "picture", "pictures"
SAME = "equal pixels"
"""What exact copies have in common."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm")
SUFFIXES += (".pgm", ".pbm", ".pnm", ".avif", ".jp2", ".ico", ".tga", ".dib", ".jfif")
"""Files that a folder of items is made of."""
MEASURES = ("width", "height")
"""Facts of the survey that results may be sliced by."""
SOURCES = ("npy", "folder", "table", "tfds", "hf")
BASELINES = {
    "majority": options.MajorityOptions,
    "pixels": options.PixelsOptions,
    "pixels-svm": options.PixelsOptions,
}
OPTIONS = {
    "probe": options.ProbeOptions,
    "finetune": options.FinetuneOptions,
    "scratch": options.ScratchOptions,
    "predictions": options.PredictionsOptions,
}
NOISES = {"blur": corruptions.blur, "grain": corruptions.grain, "dark": corruptions.dark}
"""Each kind of noise that robustness is measured by: an item, a severity and a generator to one."""
NOISE_MODULES = ("helpers.data.image.corruptions",)
"""The code that decides what noise does."""


def decode(raw: Any) -> np.ndarray:
    """Decode a picture; raises ``raw.Unreadable``."""
    from helpers.data.image import decoding

    return decoding.decode(raw)


def survey(items: Any) -> Any:
    """Look at every picture once."""
    from helpers.data.surveys import image

    return image.survey(items)


def show(
    pictures: Sequence[np.ndarray], captions: Sequence[str], alt: str, columns: int | None
) -> None:
    """Show pictures in rows, each above its caption."""
    from helpers.report import figures

    figures.show(figures.gallery(pictures, list(captions), columns=columns), alt)


def show_measures(survey: Any) -> None:
    """Show how large the pictures are."""
    from helpers.report import figures

    width, height = survey.width[survey.width > 0], survey.height[survey.width > 0]
    sizes = f"{width.min()} to {width.max()} pixels wide, {height.min()} to {height.max()} high"
    figures.show(figures.sizes(width, height), f"Sizes: {sizes}")


def as_seen(picture: np.ndarray, fitted: Any) -> np.ndarray:
    """Scale a picture as the fitted model does before it looks."""
    from helpers import models
    from helpers.training import baselines

    if not (size := fitted.backbone.get("size")):
        return picture
    return (baselines.small if fitted.adaptation == "baseline" else models.resize)(picture, size)
