"""Pictures with boxes: the truth is solid and blue, what was found dashed and orange."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import AbstractPathEffect, withStroke

from helpers.report.figures import fonts, style
from helpers.report.figures.style import BLUE, INK, ORANGE, QUIET

SIDE = 640  # pixels of a picture's longer side
FLATTEST = 4  # longer side over shorter from which a picture gets a white margin
NAMED = 10  # largest number of boxes of a kind whose classes are written beside them
LETTERS = 9.5  # their size in the grid, in points, which can be read on a narrow window
LETTERS_ACROSS = 51  # of the names of one box in each column of the grid


def boxes_on(
    image: np.ndarray,
    truth: pd.DataFrame | None = None,
    found: pd.DataFrame | None = None,
    columns: int = 3,
) -> np.ndarray:
    """Draw the true boxes (solid) and those found (dashed) on an image, uint8 [H, W, 3].

    Both have the columns label, x, y, width and height in pixels; the truth may have ``ignored``
    (dotted), what was found a ``score``. Lines and letters suit ``image_grid`` with as many
    ``columns``. Returns uint8 [h, w, 3], at most 640 pixels wide and high.
    """
    height, width = image.shape[:2]
    scale = SIDE / max(height, width)
    size = [max(side * scale, SIDE / FLATTEST) / 100 for side in (width, height)]
    figure = Figure(figsize=(size[0], size[1]), dpi=100)
    canvas, axes = FigureCanvasAgg(figure), figure.add_axes((0, 0, 1, 1))
    axes.imshow(image, extent=(0, width, height, 0), interpolation="nearest" if scale > 4 else None)
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.set_axis_off()
    if truth is not None and len(truth):
        crowd = truth.get("ignored", pd.Series(False, truth.index)).to_numpy(bool)
        _draw(axes, truth[crowd], {"edgecolor": QUIET, "ls": ":"}, columns)
        _draw(axes, truth[~crowd], {"edgecolor": BLUE, "ls": "-"}, columns)
    if found is not None and len(found):
        ordered = found.sort_values("score", kind="stable") if "score" in found else found
        _draw(axes, ordered, {"edgecolor": ORANGE, "ls": (0, (3, 2))}, columns)
    fonts.provide(canvas.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def _draw(axes: Axes, table: pd.DataFrame, look: dict[str, Any], columns: int) -> None:
    """Draw boxes and, if they are few, their classes: above those found, below the true ones."""
    point, found = SIDE * columns / style.WIDTH / 100, look["edgecolor"] == ORANGE  # of the grid
    width, height = axes.get_xlim()[1], axes.get_ylim()[0]
    line = LETTERS * point * 1.8 * max(width, height) / SIDE  # height of a line of letters
    halo: list[AbstractPathEffect] = [withStroke(linewidth=2.3 * point, foreground="white")]
    for row in table.to_dict("records"):
        x, right = np.clip((row["x"], row["x"] + row["width"]), -width, 2 * width)
        y, end = np.clip((row["y"], row["y"] + row["height"]), -height, 2 * height)
        shape = Rectangle((x, y), right - x, end - y, fill=False, lw=1.3 * point, **look)
        shape.set_path_effects(halo)
        axes.add_patch(shape)
        if len(table) > NAMED or x >= width or y >= height or min(right, end) <= 0:
            continue
        score = f" {row['score']:.2f}" if "score" in row else ""
        name = f"{style.short(row['label'], LETTERS_ACROSS // columns)}{score}"
        left, top = max(min(x, width - 0.44 * line * len(name)), 0), max(y, 0)
        bottom = (top if top > line else top + line) if found else min(end + line, height)
        text = axes.text(left, bottom, name, va="bottom", fontsize=LETTERS * point)
        text.set(color=INK, bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": point})
