"""Images in a notebook: a gallery, and how large they are."""

from collections.abc import Sequence

import numpy as np

from helpers.report import figures


def show(
    images: Sequence[np.ndarray], captions: Sequence[str], alt: str, columns: int | None
) -> None:
    """Show images in rows, each above its caption."""
    figures.show(figures.image_grid(images, list(captions), columns=columns), alt)


def show_measures(width: np.ndarray, height: np.ndarray) -> None:
    """Show the widths and heights of images, in pixels [N]."""
    sizes = f"{width.min()} to {width.max()} pixels wide, {height.min()} to {height.max()} high"
    figures.show(figures.image_sizes(width, height), f"Image sizes: {sizes}")
