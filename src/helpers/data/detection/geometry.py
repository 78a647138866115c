"""Where boxes lie in their images: turned upright with them, cut at their edges."""

import numpy as np
import pandas as pd

from helpers.data.detection.boxes import SIDES
from helpers.data.items import Items
from helpers.data.surveys.image import ImageSurvey


def drawn_unturned(items: Items, survey: ImageSurvey) -> np.ndarray:
    """Tell which images are turned by EXIF, but not the picture that boxes were drawn on: bool [N].

    Those were stated to have the size that they have unturned. If all that lie on their side were,
    images upside down or mirrored were not turned either.
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


def upright(items: Items, survey: ImageSurvey) -> pd.DataFrame:
    """Return boxes turned with their images, these ``wide`` and ``high``: 0 if unreadable."""
    images = pd.DataFrame({"wide": survey.width, "high": survey.height}, dtype=float)
    images["turn"] = np.where(drawn_unturned(items, survey), survey.orientation, 1)
    assert items.boxes is not None
    boxes = items.boxes.join(images.set_index(pd.Index(items.frame["id"])), on="id")
    return turned(boxes)


def turned(boxes: pd.DataFrame) -> pd.DataFrame:
    """Turn boxes with their images: ``turn`` is an orientation by EXIF, ``wide`` upright."""
    x, y, width, height, turn = boxes[[*SIDES, "turn"]].to_numpy(float).T
    lying = turn >= 5
    x, y = np.where(lying, y, x), np.where(lying, x, y)
    width, height = np.where(lying, height, width), np.where(lying, width, height)
    x = np.where(np.isin(turn, (2, 3, 6, 7)), boxes["wide"] - x - width, x)
    y = np.where(np.isin(turn, (3, 4, 7, 8)), boxes["high"] - y - height, y)
    return boxes.assign(x=x, y=y, width=width, height=height)


def cut(boxes: pd.DataFrame) -> pd.DataFrame:
    """Cut boxes at the edges of their images; what lies outside has no area then."""
    x, y, width, height = boxes[SIDES].to_numpy(float).T
    wide, high = boxes["wide"].to_numpy(), boxes["high"].to_numpy()
    left, right = np.clip(x, 0, wide), np.clip(x + width, 0, wide)
    top, bottom = np.clip(y, 0, high), np.clip(y + height, 0, high)
    outside = leaves(boxes, 0)  # the others stay as they are, to the last digit
    sides = [left, top, np.where(outside, right - left, width)]
    sides.append(np.where(outside, bottom - top, height))
    return boxes.assign(**dict(zip(SIDES, sides, strict=True)))


def leaves(boxes: pd.DataFrame, by: float = 1) -> np.ndarray:
    """Tell which boxes leave their image by more than some pixels: bool [boxes]."""
    x, y, width, height = boxes[SIDES].to_numpy(float).T
    beyond = [-x, -y, x + width - boxes["wide"], y + height - boxes["high"]]
    return np.asarray(np.max(beyond, axis=0) > by)


def empty(boxes: pd.DataFrame) -> np.ndarray:
    """Tell which boxes have no area: bool [boxes]."""
    return np.asarray((boxes["width"] <= 0) | (boxes["height"] <= 0))
