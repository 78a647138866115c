"""What speaks against boxes found elsewhere: another layout, other images, renamed classes."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError
from helpers.data.dataset import Dataset
from helpers.training.box_overlaps import iou
from helpers.training.prediction_doubts import ENOUGH, renaming

SIDES = ["x", "y", "width", "height"]
LOOKED_AT = 20_000  # boxes, the ones with the highest scores
HIT = 0.5  # overlap from which on a box lies on an object
FAR, SURE = 3, 0.2  # a layout is another if so many times as many boxes fit, and so many of all
OTHER_LAYOUTS = {
    "the corners x1, y1, x2, y2": lambda b: np.concatenate([b[:, :2], b[:, 2:] - b[:, :2]], axis=1),
    "the centre, width and height": lambda b: np.concatenate(
        [b[:, :2] - b[:, 2:] / 2, b[:, 2:]], axis=1
    ),
    "y, x, height and width": lambda b: b[:, [1, 0, 3, 2]],
    "the corners y1, x1, y2, x2": lambda b: np.concatenate(
        [b[:, [1, 0]], b[:, [3, 2]] - b[:, [1, 0]]], axis=1
    ),
}


def check_layout(rows: pd.DataFrame, data: Dataset, where: str) -> None:
    """Raise a UserError if far more boxes lie on true objects when they are read in another way."""
    pairs = [(found[SIDES].to_numpy(float), true) for found, true in _images(rows, data)]
    total = sum(len(boxes) for boxes, _ in pairs)

    def hits(read: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> int:
        return sum(
            int((iou(read(boxes), _sides(true)).max(axis=1) >= HIT).sum()) for boxes, true in pairs
        )

    own = hits(lambda boxes: boxes)
    for layout, read in OTHER_LAYOUTS.items():
        if (other := hits(read)) >= max(ENOUGH, FAR * own, SURE * total):
            lie = f"{other / total:.0%} of the boxes lie on an object if they are {layout}"
            raise UserError(f"{where}: {lie}, {own / total:.0%} if they are x, y, width and height")


def of_boxes(table: pd.DataFrame, data: Dataset) -> list[str]:
    """Say whether boxes fit other images as well as their own, equal the truth, or swap classes."""
    test = table[table["split"] == "test"]
    pairs, doubts = list(_images(test, data)), []
    overlaps = [iou(_sides(found), _sides(true)) for found, true in pairs]
    others = [true for _, true in (*pairs[1:], *pairs[:1])]
    own = sum(int((each.max(axis=1) >= HIT).sum()) for each in overlaps)
    elsewhere = sum(
        int((iou(_sides(found), _sides(true)).max(axis=1) >= HIT).sum())
        for (found, _), true in zip(pairs, others, strict=True)
    )
    total = sum(len(each) for each in overlaps)
    if len(pairs) >= ENOUGH and own <= elsewhere:
        doubts.append(
            f"Its boxes lie on objects of other images as often ({elsewhere / total:.0%}) as on "
            f"those of their own ({own / total:.0%}): are its ids those of this image set?"
        )
    codes = pd.Index(data.classes).get_indexer
    hit = [each.max(axis=1) >= HIT for each in overlaps]
    said = [codes(found["label"])[on] for (found, _), on in zip(pairs, hit, strict=True)]
    meant = [
        codes(true["label"])[each.argmax(axis=1)[on]]
        for (_, true), each, on in zip(pairs, overlaps, hit, strict=True)
    ]
    if own >= ENOUGH and len(data.classes) > 1:
        said_all, truth = np.concatenate(said), np.concatenate(meant)
        if found := renaming(said_all, truth, data.classes):
            right = f"{(said_all == truth).mean():.0%} of its boxes on objects have their class"
            doubts.append(f"{right}, but {found[1]:.0%} with the classes renamed ({found[0]}).")
    exact = sum(int((each.max(axis=1) > 1 - 1e-6).sum()) for each in overlaps)
    if total >= ENOUGH and exact == total:
        doubts.append(f"All {total} boxes equal true ones: the file may hold the truth.")
    return doubts


def oddities(table: pd.DataFrame, data: Dataset) -> list[str]:
    """Say what is odd about boxes: the same one twice, scores that order nothing, empty images."""
    test, told = table[table["split"] == "test"], []
    if twice := int(test.duplicated(["id", "label", *SIDES]).sum()):
        told.append(f"{twice:,} boxes are in the file twice: the second of each counts as false.")
    if len(test) > 1 and test["score"].nunique() == 1:
        told.append("All scores are equal: average precision depends on how ties are counted.")
    truth = _truth(data)
    ids = truth["id"][~truth["ignored"]].unique()
    if 2 * (empty := int((~pd.Index(ids).isin(test["id"])).sum())) > len(ids):
        told.append(f"{empty:,} of {len(ids):,} test images with objects have no box in the file.")
    return told


def _truth(data: Dataset) -> pd.DataFrame:
    test = data.frame["id"][data.frame["split"] == "test"]
    return data.boxes[data.boxes["id"].isin(test)]


def _sides(boxes: pd.DataFrame) -> NDArray[np.float64]:
    sides: NDArray[np.float64] = boxes[SIDES].to_numpy(float)
    return sides


def _images(rows: pd.DataFrame, data: Dataset) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Pair the best boxes found in each test image with its true ones, if there are both."""
    best = rows.nlargest(LOOKED_AT, "score")
    true = dict(iter(_truth(data).groupby("id")))
    return [(found, true[name]) for name, found in best.groupby("id") if name in true]
