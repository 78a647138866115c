"""Where boxes lie in their images: turned upright with them, cut at their edges."""

import numpy as np
import pandas as pd

from helpers.data.detection.boxes import SIDES
from helpers.data.items import Items
from helpers.data.surveys.image import ImageSurvey

OUTSIDE = 1.0  # pixels by which boxes may leave an image: numbers are rounded


def placed(items: Items, survey: ImageSurvey) -> pd.DataFrame:
    """Join boxes to their images: ``wide`` and ``high``, 0 where unreadable, and ``turn``.

    ``turn`` is the EXIF orientation by which boxes are still to be turned, 1 for none.
    """
    images = pd.DataFrame({"wide": survey.width, "high": survey.height}).astype(float)
    images["turn"] = np.where(drawn_unturned(items, survey), survey.orientation, 1)
    images.index = pd.Index(items.frame["id"])
    assert items.boxes is not None
    return items.boxes.join(images, on="id")


def drawn_unturned(items: Items, survey: ImageSurvey) -> np.ndarray:
    """Tell which turned images are stated to have had the size that they have unturned: bool [N].

    If those that lie on their side all have, images upside down or mirrored were not turned either.
    """
    frame, turn = items.frame, survey.orientation
    if "stated_width" not in frame:
        return np.zeros(len(frame), bool)
    stated = frame[["stated_width", "stated_height"]].to_numpy(float)
    size = np.column_stack([survey.width, survey.height])
    told = (turn >= 5) & (survey.width != survey.height)
    swapped = told & (stated == size[:, ::-1]).all(axis=1)
    upright = told & (stated == size).all(axis=1)
    others = (turn > 1) & ~told & bool(swapped.any() and not upright.any())
    return np.asarray(swapped | others)


def turned(boxes: pd.DataFrame) -> pd.DataFrame:
    """Turn boxes upright by their ``turn``, in images ``wide`` and ``high`` once upright."""
    x, y, width, height = boxes[list(SIDES)].to_numpy(float).T
    turn = boxes["turn"].to_numpy()
    lying = turn >= 5
    x, y = np.where(lying, y, x), np.where(lying, x, y)
    width, height = np.where(lying, height, width), np.where(lying, width, height)
    x = np.where(np.isin(turn, (2, 3, 6, 7)), boxes["wide"] - x - width, x)
    y = np.where(np.isin(turn, (3, 4, 7, 8)), boxes["high"] - y - height, y)
    return boxes.assign(x=x, y=y, width=width, height=height)


def cut(boxes: pd.DataFrame) -> pd.DataFrame:
    """Cut boxes at the edges of their images; what lies outside has no area then."""
    x, y, width, height = boxes[list(SIDES)].to_numpy(float).T
    wide, high = boxes["wide"].to_numpy(), boxes["high"].to_numpy()
    left, right = np.clip(x, 0, wide), np.clip(x + width, 0, wide)
    top, bottom = np.clip(y, 0, high), np.clip(y + height, 0, high)
    inside = ~leaves(boxes, 0)  # as they are, to the last digit
    width = np.where(inside, width, right - left)
    height = np.where(inside, height, bottom - top)
    return boxes.assign(x=left, y=top, width=width, height=height)


def leaves(boxes: pd.DataFrame, by: float = OUTSIDE) -> np.ndarray:
    """Tell which boxes leave their image by more than some pixels: bool [boxes]."""
    x, y, width, height = boxes[list(SIDES)].to_numpy(float).T
    beyond = [-x, -y, x + width - boxes["wide"], y + height - boxes["high"]]
    return np.asarray(np.max(beyond, axis=0) > by)
